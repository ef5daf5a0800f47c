/** A shard with its sealer, in a region of its own: objects live on between the tests of a file. */
import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, vi } from 'vitest';
import type { SealFailpoint } from '../../core/lake/seal-steps.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import type { LakeSealer } from '../../durable-objects/lake-sealer/lake-sealer.ts';
import type { RegionWindow } from '../../durable-objects/region-window/region-window.ts';
import { r2PartSource } from '../../storage/lake/part-source.ts';
import { readPart } from '../../storage/lake/read-part.ts';
import { type ListedPart, listParts } from '../../storage/part-store.ts';
import { buildChunk, buildEvent } from '../support/build-chunk.ts';

export const minute = 60_000;
const firstRegion = 2000;
const regions = 60;

/** Before the registry is read for the first time. */
export async function addRegions(): Promise<void> {
  const insert = env.DB.prepare(
    'INSERT INTO regions (number, name, continent, latitude, longitude) VALUES (?1, ?2, ?3, 0, 0)',
  );
  await env.DB.batch(
    Array.from({ length: regions }, (_, i) => insert.bind(firstRegion + i, `Test-${i}`, 'Europe')),
  );
}

let lastRegion = firstRegion - 1;

/** What the lake holds of a shard: the number of the event and the kind of its part. */
type Sealed = readonly (readonly [number: number, kind: string])[];

export class SealedShard {
  readonly address = { regionNumber: ++lastRegion, shard: 0 };
  /** What must be in the lake in the end. */
  readonly expected: [number: number, kind: string][] = [];
  #next = 1;

  get #name(): string {
    return shardObjectName(this.address.regionNumber, this.address.shard);
  }

  /** A stub is of no use once its object was killed. */
  get region(): DurableObjectStub<RegionWindow> {
    return env.REGION_WINDOW.get(env.REGION_WINDOW.idFromName(this.#name));
  }

  get sealer(): DurableObjectStub<LakeSealer> {
    return env.LAKE_SEALER.get(env.LAKE_SEALER.idFromName(this.#name));
  }

  /** One commit of events of these times, and a twin of the last; older than 20 minutes is late. */
  async commit(...agesMs: readonly number[]): Promise<void> {
    const now = Date.now();
    const firstNumber = this.#next;
    const events = agesMs.map((ageMs) => {
      this.expected.push([this.#next, ageMs > 20 * minute ? 'late' : 'counted']);
      return buildEvent({ timeMs: now - ageMs, identityHi: this.#next++, contentId: 'film' });
    });
    if ((agesMs.at(-1) ?? 0) < 20 * minute) events.push(events.at(-1) as (typeof events)[number]);
    const head = { regionNumber: this.address.regionNumber, firstNumber: 2 * firstNumber, receivedAtMs: now };
    expect(await this.region.receive(this.address, [buildChunk(events, head)])).toEqual([
      { verdict: 'committed' },
    ]);
  }

  /** The sealer's own alarm: one run. */
  async run(): Promise<void> {
    await this.sealer.kick(this.address);
    await runDurableObjectAlarm(this.sealer);
  }

  /** At this step the sealer does what is given: throw, or never come back. */
  async stopAt(point: SealFailpoint, stop: () => Promise<void>): Promise<{ readonly count: () => number }> {
    let reached = 0;
    await runInDurableObject(this.sealer, (sealer) => {
      sealer.onStep = (at) => {
        if (at !== point) return;
        reached++;
        return stop();
      };
    });
    return { count: () => reached };
  }

  /** A run that hangs at this step: the caller kills it. */
  async hangAt(point: SealFailpoint): Promise<void> {
    const { count } = await this.stopAt(point, () => new Promise(() => undefined));
    await this.sealer.kick(this.address);
    void runDurableObjectAlarm(this.sealer).catch(() => undefined);
    await vi.waitFor(() => expect(count()).toBe(1));
  }

  async listed(): Promise<ListedPart[]> {
    return await listParts(env.DB, this.address.regionNumber, 0, 10_000_000);
  }

  async stored(): Promise<R2Object[]> {
    const { objects } = await env.LAKE.list({ prefix: 'lake/events/' });
    const name = `region=Test-${this.address.regionNumber - firstRegion}/`;
    return objects.filter(({ key }) => key.includes(name));
  }

  /** From the parts that are stored; each event once. */
  async events(): Promise<Sealed> {
    const events: [number, string][] = [];
    for (const { key } of await this.stored()) {
      for await (const rows of readPart(r2PartSource(env.LAKE, key))) {
        for (const number of rows.columns.identity.hi)
          events.push([number, key.includes('late') ? 'late' : 'counted']);
      }
    }
    return events.sort(([a], [b]) => a - b);
  }

  /** Parts, list and shard agree, and every event is in exactly one part. */
  async expectSealed(): Promise<void> {
    expect(await this.events()).toEqual(this.expected);
    const [listed, stored] = [await this.listed(), await this.stored()];
    const sizes = new Map(listed.map(({ name, bytes }) => [name, bytes]));
    expect(sizes).toEqual(new Map(stored.map(({ key, size }) => [key, size])));
    const standing = await this.region.sealStanding();
    expect(standing?.plan).toBeNull();
    expect(standing?.throughRow).toBe(standing?.lastRow);
  }
}
