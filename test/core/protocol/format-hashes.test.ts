// Formats that other parts, stored rows and older clients depend on. A change of one must raise its version: then,
// and only then, its digest here changes too.
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { accountOf } from '../../../core/account/shard-account.ts';
import { counterNames, dimensions } from '../../../core/aggregate/counters.ts';
import { packEnvelopes } from '../../../core/protocol/envelope.ts';
import { eventTypes, statuses } from '../../../core/protocol/event-type.ts';
import { liveContentCounterNames, liveCounterNames } from '../../../core/protocol/live.ts';
import * as version from '../../../core/protocol/version.ts';
import { decodeLogRow } from '../../../core/window/log-row.ts';
import { Region } from '../../../core/window/region.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { emptySource } from '../../support/empty-source.ts';

const digest = (...parts: readonly (Uint8Array | string)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 12);
};

const noon = Date.UTC(2026, 10, 21, 12, 0, 0);
const chunk = buildChunk(
  [
    buildEvent({
      timeMs: noon,
      contentId: 'm',
      title: 'T',
      sessionHi: 1,
      userLo: 2,
      durationMs: 5,
      ext: '{}',
    }),
    buildEvent({
      timeMs: noon + 1,
      identityLo: 9,
      type: 6,
      status: 1,
      speedKbps: 900,
      bytes: 1,
      country: 'DE',
    }),
  ],
  { firstNumber: 3, voids: [[0, 3]], twins: 1, receivedAtMs: noon, doorBirthMs: noon },
);

/** The first log row of a new shard, and its window as it travels. */
function shardFormats(): { row: Uint8Array; window: string; snapshot: string } {
  const region = new Region(emptySource, noon);
  const { effects } = region.receive([chunk], noon);
  const append = effects.find((effect) => effect.kind === 'append');
  const snapshot = region.maintain(noon).find((effect) => effect.kind === 'snapshot');
  return {
    row: append?.kind === 'append' ? append.body : new Uint8Array(),
    window: JSON.stringify(region.answer(noon).windows[0], (_key, value: unknown) =>
      value instanceof Uint8Array ? [...value] : value,
    ),
    snapshot: snapshot?.kind === 'snapshot' ? snapshot.body : '',
  };
}

test('formats change only with their versions', () => {
  const shard = shardFormats();
  expect({
    [`chunk ${version.chunkVersion}`]: digest(chunk, eventTypes.join(), statuses.join()),
    [`envelope ${version.envelopeVersion}`]: digest(
      packEnvelopes([new Uint8Array([7])], [])[0] as Uint8Array,
    ),
    [`log row ${version.logRowVersion}`]: digest(shard.row),
    [`snapshot ${version.snapshotVersion}`]: digest(shard.snapshot),
    [`packed window ${version.packedWindowVersion}`]: digest(
      shard.window,
      counterNames.join(),
      dimensions.join(),
    ),
    [`account ${version.shardAccountVersion}`]: digest(accountOf([decodeLogRow(shard.row)]).encode()),
    [version.liveSubprotocol]: digest(liveCounterNames.join(), liveContentCounterNames.join()),
  }).toMatchInlineSnapshot(`
    {
      "account 1": "2c380beb7a83",
      "chunk 1": "6cf977036934",
      "envelope 1": "dd4e60dfbef8",
      "log row 1": "8eba9006573a",
      "marquee.v1": "cb785d02ffa9",
      "packed window 1": "5858e35c33f8",
      "snapshot 1": "ae40cbc04c9a",
    }
  `);
});
