// The whole product is killed while it seals and while it computes, at every named failpoint and at any moment; started
// again on the same folder, everything comes right.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Failpoint, failpoints } from '../../core/lake/failpoints.ts';
import { hourOfParts, storeParts } from '../../tools/lake-hour.ts';
import { prepareFolder } from '../../tools/prepare.ts';
import { KillWorld } from './kill-world.ts';
import { pastHours } from './past-traffic.ts';
import { seededRandom } from './traffic.ts';

const seed = Number(process.env.E2E_SEED ?? 1);

let world: KillWorld | null = null;

afterEach(async () => {
  await world?.stop();
  world?.remove();
  world = null;
});

describe('killed and started again', () => {
  it('[LAK-1, BAT-1, BAT-3, RPL-2] at every failpoint of sealing, of an hour, a day and a replay, everything comes right', async () => {
    // The last hour of a day that is over: with no other hour in it, the day is computed as soon as this hour is.
    const [hour] = pastHours(Date.now()) as [number];
    const kills = new KillWorld(seed, [hour], ['ASIA-Tokyo']);
    world = kills;
    // What the stream counted cannot be made within minutes: parts of it, with late twins, are there from the start.
    await prepareFolder(kills.folder);
    await storeParts(kills.folder, hourOfParts(hour, 1000, 1000, 1000));
    const vars = { FAILPOINTS: 'all' };
    await kills.start(vars);
    await kills.send(50);
    await kills.settle(false);
    const [ofReplay, ofRuns] = [true, false].map((is) =>
      failpoints.filter((point) => point.includes(' replay ') === is),
    ) as [Failpoint[], Failpoint[]];
    for (let idle = 0; kills.killedAt.size < ofRuns.length && idle < 5; ) {
      await kills.press(['EU-London']);
      const stands = await kills.untilStopped(4_000);
      idle = stands ? 0 : idle + 1;
      if (stands) await kills.kill(kills.kills % 16 === 15, vars);
      else {
        // All that was under way is done: something new.
        await kills.send(20);
        await kills.settle(false);
      }
    }
    expect(ofRuns.filter((point) => !kills.killedAt.has(point))).toEqual([]);
    await kills.converge();
    const report = await kills.replay(hour, ['ASIA-Tokyo', 'EU-London'], vars);
    expect(ofReplay.filter((point) => !kills.killedAt.has(point))).toEqual([]);
    expect(report).toMatchObject({ state: 'done', hours: 2, hours_done: 2, hours_failed: 0 });
    await kills.kill(true);
    await kills.converge();
    await kills.press(['EU-London']);
    await kills.converge();
    await kills.expectWhole();
    // Counted, and half of the late ones.
    expect((await kills.served(hour))['EU-London']?.[0]).toBe(1500);
  });

  it.each([1, 2])('[LAK-1, BAT-1] at any moment, with traffic going on: seed %i', async (of) => {
    const random = seededRandom(seed * 100 + of);
    const hours = pastHours(Date.now()).slice(0, 3);
    const kills = new KillWorld(seed * 100 + of, hours, ['EU-London', 'US-Virginia']);
    world = kills;
    await kills.start();
    for (let round = 0; round < 5; round++) {
      const traffic = (async () => {
        for (let n = 0; n < 12; n++) await kills.send(40);
      })();
      const pressing = sleep(random() * 400).then(async () => {
        await kills.press();
      });
      // From now on somebody listens to both: what fails before the kill is over is no fault of the test's process.
      const both = Promise.allSettled([traffic, pressing]);
      await sleep(300 + random() * 2500);
      await kills.kill(round === 3);
      await both;
      await kills.settle(true);
    }
    await kills.converge();
    await kills.press();
    await kills.converge();
    await kills.expectWhole();
  });
});
