// Sessions as DuckDB puts them together from the events of the lake, beside those of the product.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { partName } from '../../core/lake/part-name.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { stitch } from '../../core/warehouse/stitch.ts';
import { encodePart } from '../../storage/lake/encode-part.ts';
import {
  dayOf,
  encodeSessions,
  sessionsFileName,
  sessionsFolder,
} from '../../storage/warehouse/session-files.ts';
import { openLake, runQuery } from '../../tools/lake/query.ts';
import { type LoggedEvent, lakeRows, partsOf } from '../support/logged-events.ts';
import { heldAgainstIslands } from '../support/session-islands.ts';
import { seededWatching, sessionEvents, watched } from '../support/watching.ts';

const region = 'Ö/1 %';
const t0 = Date.UTC(2026, 10, 20, 20);

async function lakeOf(events: readonly AcceptedEvent[]) {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-sessions-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const put = (name: string, bytes: Uint8Array): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  };
  const logged = events.map(
    (event, index): LoggedEvent => ({ event, kind: 'counted', incarnation: 1, row: 1, index }),
  );
  for (const { address, events: own } of partsOf(logged, region))
    put(partName(address), (await encodePart(lakeRows(own), address)).bytes);
  const { closed } = stitch(
    sessionEvents([events.slice(0, 1000), events.slice(1000)]),
    [],
    Number.POSITIVE_INFINITY,
  );
  const mark = { generation: 1, carryIn: '' };
  for (const [day, sittings] of Map.groupBy(closed, dayOf)) {
    const name = sessionsFileName({ regionNumber: 3, hour: day * 24 }, mark, 0);
    put(sessionsFolder(region, day) + name, encodeSessions(3, sittings));
  }
  return { connection: await openLake(folder), sessions: closed.length };
}

test('[SES-1, SES-2, SES-5] DuckDB makes of the events the sessions that it reads in the lake', async () => {
  const events = seededWatching(5, 1800, t0, 6 * 3_600_000);
  // Another film in the millisecond in which one ends, whichever is named first.
  for (let n = 0; n < 40; n++) {
    const [from, to] = n % 2 === 0 ? (['film-1', 'film-2'] as const) : (['film-2', 'film-1'] as const);
    const who = { session: 100 + n, user: 1 };
    events.push(watched('view', t0 + n, { ...who, id: 900_000 + n, contentId: from }));
    events.push(watched('view', t0 + 60_000, { ...who, id: 910_000 + n, contentId: to }));
    events.push(watched('complete', t0 + 60_000, { ...who, id: 920_000 + n, contentId: from }));
  }
  const { connection, sessions } = await lakeOf(events);
  let text = '';
  await runQuery(connection, heldAgainstIslands, 'json', (piece) => {
    text += piece;
  });
  expect(sessions).toBeGreaterThan(500);
  expect(JSON.parse(text)).toEqual([{ sessions, found: sessions, made: sessions, same: true }]);
});
