// The batch layer against the stream and against a naive recount, over the logs of simulated shards.
import { expect, test } from 'vitest';
import { Region } from '../../../core/window/region.ts';
import { makeHistory, simRegion } from '../../sim/history.ts';
import { minuteOf } from '../../sim/naive.ts';
import { Random } from '../../sim/random.ts';
import { baseSeed } from '../../sim/search.ts';
import { ShardStore } from '../../sim/shard-store.ts';
import { type LoggedEvent, loggedEvents } from '../../support/logged-events.ts';
import { computeAll, playWorkload } from './workload.ts';

test('[BAT-1, WIN-5b, DUP-1b] a log computed anew is the stream where nothing came too late, and a recount everywhere', () => {
  const tally = { same: 0, changed: 0, lateAdded: 0, lateTwins: 0 };
  for (let n = 0; n < 120; n++) {
    const seed = (baseSeed() + n) >>> 0;
    const { logged, stream } = playWorkload(seed);
    const late = logged.filter(({ kind }) => kind === 'late');
    const lateMinutes = new Set(late.map(({ event }) => minuteOf(event)));
    for (const computed of computeAll(logged, new Random(seed ^ 0x2545f491), `seed ${seed}`)) {
      tally.lateAdded += computed.lateAdded;
      tally.lateTwins += computed.lateTwins;
      for (const window of computed.windows) {
        tally[lateMinutes.has(window.minute) ? 'changed' : 'same']++;
        if (!lateMinutes.has(window.minute))
          expect(window, `seed ${seed}, minute ${window.minute}`).toEqual(stream.get(window.minute));
      }
    }
  }
  // It did not run idle.
  expect(Math.min(...Object.values(tally))).toBeGreaterThan(100);
}, 200_000);

/** The log of another incarnation: the shard's storage was lost, and the doors sent some of it again. */
function begunAnew(seed: number, random: Random): LoggedEvent[] {
  const { chunks, startMs } = makeHistory(seed, 150);
  const origin = { ...simRegion, generation: 0, incarnation: 2 };
  const store = new ShardStore(origin);
  const region = new Region(store.source(), startMs);
  for (const { bytes, header, damaged } of chunks) {
    if (damaged || header.regionNumber !== simRegion.regionNumber || random.chance(0.3)) continue;
    store.carryOut(region.receive([bytes], header.receivedAtMs + random.below(20 * 60_000)).effects);
  }
  return loggedEvents(store.rows, 2);
}

test('[DUP-1b] what two incarnations of a log counted both counts once', () => {
  let twins = 0;
  for (let n = 0; n < 40; n++) {
    const seed = (baseSeed() + n) >>> 0;
    const random = new Random(seed ^ 0x1b873593);
    const logged = [...playWorkload(seed).logged, ...begunAnew(seed, random)];
    for (const { lateTwins } of computeAll(logged, random, `seed ${seed}`)) twins += lateTwins;
  }
  expect(twins).toBeGreaterThan(1000);
}, 120_000);
