import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { partColumns } from '../../core/lake/part-columns.ts';
import { namesOfParts, type SealPlan } from '../../core/lake/seal-plan.ts';
import { type SealFailpoint, sealStepKinds } from '../../core/lake/seal-steps.ts';
import {
  allowedLatenessMs,
  holdBackMs,
  partColumnsAtOnce,
  sealEventsMin,
} from '../../core/protocol/limits.ts';
import { LakeSealer } from '../../durable-objects/lake-sealer/lake-sealer.ts';
import { buildChunk, buildEvent } from '../support/build-chunk.ts';
import { addRegions, minute, SealedShard } from './sealer-fixture.ts';

const hour = 60 * minute;
const failpoints = sealStepKinds.flatMap((kind): SealFailpoint[] => [`before ${kind}`, `behind ${kind}`]);

beforeAll(addRegions);

describe('a sealer that dies', () => {
  it.each(failpoints)(
    '[LAK-1] %s: by a fault, and with all objects, and everything comes right',
    async (point) => {
      const shard = new SealedShard();
      await shard.commit(0, 1000, 30 * minute, 2 * hour);
      const { count } = await shard.stopAt(point, () => Promise.reject(new Error('a failpoint')));
      await shard.run();
      expect(count()).toBe(1);
      await shard.commit(0, 3 * hour);
      await shard.hangAt(point);
      await abortAllDurableObjects();
      await shard.commit(2000);
      // Both at once: what stands is carried out, and what came since.
      await Promise.all([
        shard.run(),
        shard.sealer.sealHour(shard.address, Math.floor(Date.now() / hour) - 1),
      ]);
      await shard.run();
      await shard.expectSealed();
    },
  );
});

describe('the sealer of a shard', () => {
  it('[LAK-1] never overwrites other content under the name of a part: a loud fault, until a person looks', async () => {
    const shard = new SealedShard();
    await shard.commit(0, 1000);
    await shard.hangAt('before put');
    await abortAllDurableObjects();
    const plan = (await shard.region.sealStanding())?.plan as SealPlan;
    const [name] = namesOfParts(plan) as [string];
    await env.LAKE.put(name, 'something else', { customMetadata: { digest: 'other' } });
    await shard.run();
    expect(await (await env.LAKE.get(name))?.text()).toBe('something else');
    expect(await shard.listed()).toEqual([]);
    expect((await shard.region.sealStanding())?.plan).toEqual(plan);
    await env.LAKE.delete(name);
    await shard.run();
    await shard.expectSealed();
  });

  it('[LAK-1] pauses before each step, and within a part: nothing else lets its thread hear requests', async () => {
    const shard = new SealedShard();
    await shard.commit(0, 1000);
    const seen: string[] = [];
    await runInDurableObject(shard.sealer, (sealer) => {
      sealer.onStep = (at) => {
        seen.push(at);
      };
      sealer.pause = async () => {
        seen.push('pause');
        await scheduler.wait(0);
      };
    });
    await shard.run();
    await shard.expectSealed();
    const before = [...seen.keys()].filter((i) => seen[i]?.startsWith('before'));
    expect(before.length).toBeGreaterThanOrEqual(sealStepKinds.length);
    expect(before.map((i) => seen[i - 1])).toEqual(before.map(() => 'pause'));
    const ofPart = Math.ceil((partColumns.length + 1) / partColumnsAtOnce);
    const from = seen.indexOf('before encode');
    expect(seen.indexOf('behind encode') - from - 1).toBe(ofPart);
  });

  it('[LAK-1] an hour is sealed on demand once its lateness is over, and not for nothing', async () => {
    const shard = new SealedShard();
    const now = Math.floor(Date.now() / hour);
    const { address, sealer } = shard;
    expect(await sealer.sealHour(address, now)).toBe('open');
    const over = Math.floor((Date.now() - holdBackMs - allowedLatenessMs) / hour) - 1;
    expect(await sealer.sealHour(address, over)).toBe('sealed');
    expect(await shard.region.sealStanding()).toBeNull();
    await shard.commit(0, 1000);
    expect(await sealer.sealHour(address, over - 1)).toBe('sealed');
    expect(await shard.listed()).toEqual([]);
    await shard.commit(Date.now() - over * hour - minute);
    expect(await sealer.sealHour(address, now)).toBe('open');
    expect(await sealer.sealHour(address, over)).toBe('sealed');
    const hours = (await shard.listed()).map((part) => part.hour);
    expect(hours).toContain(over);
    await shard.expectSealed();
  });

  it('[LAK-1, LOG-3] many events are sealed by an alarm; a plan costs the shard a row when it is made and one when it is done', async () => {
    const shard = new SealedShard();
    const now = Date.now();
    const { regionNumber } = shard.address;
    const chunks = Array.from({ length: sealEventsMin / 500 }, (_, c) =>
      buildChunk(
        Array.from({ length: 500 }, (__, i) => buildEvent({ timeMs: now, identityHi: 1 + c * 500 + i })),
        { regionNumber, firstNumber: c * 500, receivedAtMs: now },
      ),
    );
    for (let i = 0; i < chunks.length; i += 10)
      await shard.region.receive(shard.address, chunks.slice(i, i + 10));
    const written = await runInDurableObject(shard.region, (_region, state) => {
      const written: string[] = [];
      const { sql } = state.storage;
      const exec = sql.exec.bind(sql);
      const counting = (query: string, ...bindings: SqlStorageValue[]) => {
        const cursor = exec(query, ...bindings);
        if (cursor.rowsWritten > 0) written.push(query + JSON.stringify(bindings));
        return cursor;
      };
      Object.defineProperty(sql, 'exec', { value: counting, configurable: true });
      return written;
    });
    expect(await runDurableObjectAlarm(shard.region)).toBe(true);
    written.splice(0);
    await runDurableObjectAlarm(shard.sealer);
    const sealing = written.filter((row) => /^REPLACE INTO state .*\[7,/.test(row));
    expect(sealing).toHaveLength(2);
    expect(sealing[0]).toContain('plan\\":{');
    expect(sealing[1]).toContain('plan\\":null');
    const [part] = await shard.listed();
    expect(part).toMatchObject({ events: sealEventsMin, kind: 'counted', firstRow: 0, lastRow: 9 });
  });

  it('[LAK-1] while R2 refuses nothing is lost and nothing is trimmed, and it goes on by itself afterwards', async () => {
    const shard = new SealedShard();
    await shard.commit(0, 2 * hour);
    const refusing = { put: () => Promise.reject(new Error('R2 is down')) };
    await runInDurableObject(shard.sealer, (sealer) => {
      Object.assign(sealer, { env: { ...env, LAKE: refusing } });
    });
    for (let run = 0; run < 3; run++) await shard.run();
    expect(await shard.stored()).toEqual([]);
    expect((await shard.region.sealStanding())?.plan?.parts).toHaveLength(2);
    await abortAllDurableObjects();
    await shard.run();
    await shard.expectSealed();
  });

  it('[LAK-1] R2 confirms and the answer is lost: the part is found as it is', async () => {
    const shard = new SealedShard();
    await shard.commit(0, 2 * hour);
    const mute = {
      put: async (...args: Parameters<R2Bucket['put']>) => {
        await env.LAKE.put(...args);
        throw new Error('no answer');
      },
    };
    await runInDurableObject(shard.sealer, (sealer) => {
      Object.assign(sealer, { env: { ...env, LAKE: mute } });
    });
    // One part a run, for each ends with the first answer that is lost.
    for (let run = 0; run < 3; run++) await shard.run();
    await abortAllDurableObjects();
    await shard.run();
    await shard.expectSealed();
  });

  it('a failpoint of a local run is none in a deployment', async () => {
    const shard = new SealedShard();
    await runInDurableObject(shard.sealer, (_sealer, state) => {
      const named = { ...env, FAILPOINTS: 'all' };
      expect(new LakeSealer(state, named).onStep).not.toBeNull();
      expect(new LakeSealer(state, { ...named, ENVIRONMENT: 'production' }).onStep).toBeNull();
      expect(new LakeSealer(state, env).onStep).toBeNull();
    });
  });

  it('is of one shard', async () => {
    const shard = new SealedShard();
    await shard.sealer.kick(shard.address);
    const other = async () => await shard.sealer.kick({ regionNumber: 1, shard: 0 });
    await expect(other()).rejects.toThrow('of one shard');
  });
});
