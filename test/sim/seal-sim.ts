/**
 * Sealers beside a shard: the steps of core/lake/seal-steps.ts, one after the other between the steps of a history.
 * They die before or behind any of them, two may run at once, and R2 and D1 refuse, keep silent or come late.
 */

import { type AccountLine, ShardAccount } from '../../core/account/shard-account.ts';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { type PartAddress, parsePartName, partName } from '../../core/lake/part-name.ts';
import {
  type SealedPart,
  type SealReply,
  type SealStep,
  type SealSteps,
  type StoredPart,
  sealLog,
} from '../../core/lake/seal-steps.ts';
import { unreachable } from '../../core/protocol/assert.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import type { Region } from '../../core/window/region.ts';
import type { DatabaseFate } from './history.ts';
import { Random } from './random.ts';
import type { ShardStore } from './shard-store.ts';

/** The shard that is sealed. */
export interface SealedShard {
  readonly region: () => Region;
  readonly store: ShardStore;
  readonly carryOut: (effects: readonly RegionEffect[]) => void;
  /** The object dies and wakes from what is stored. */
  readonly die: () => void;
  readonly maintain: () => void;
}

interface SimPart extends StoredPart {
  readonly rows: LakeRows;
}

export interface SealTally {
  plans: number;
  parts: number;
  sealerDeaths: number;
  lateParts: number;
  twoAtOnce: number;
}

/** A run under way, and the answer to what it has asked last. */
interface Run {
  readonly steps: SealSteps<unknown>;
  reply: SealReply | undefined;
}

/** What the run asked for has failed: a sealer forgets the run. */
class Refused extends Error {}

export class SealSim {
  readonly #shard: SealedShard;
  readonly #sealLog: typeof sealLog;
  readonly #random: Random;
  /** Share of steps with which something goes wrong. */
  readonly #trouble: number;
  #runs: Run[] = [];
  /** Writes that failed for the sealer and arrive after all. */
  #stragglers: (() => void)[] = [];
  readonly lake = new Map<string, SimPart>();
  readonly listed = new Map<string, PartAddress>();
  /** By first row of the plan; the first that is saved stays. */
  readonly accounts = new Map<number, string>();
  readonly #encoded = new WeakMap<SealedPart, LakeRows>();
  readonly tally: SealTally = { plans: 0, parts: 0, sealerDeaths: 0, lateParts: 0, twoAtOnce: 0 };

  constructor(shard: SealedShard, seed: number, seal = sealLog) {
    this.#shard = shard;
    this.#sealLog = seal;
    this.#random = new Random(seed ^ 0x1f83d9ab);
    this.#trouble = this.#random.chance(0.3) ? 0 : this.#random.pick([0.02, 0.1, 0.3]);
  }

  /** The shard tells the sealer that something is due. */
  tell(hour: number | null = null): void {
    if (this.#runs.length > 1) return;
    if (this.#runs.length === 1) this.tally.twoAtOnce++;
    this.#runs.push(this.#newRun(hour));
  }

  /** Some steps of the sealers, between two of the history. */
  play(fate: DatabaseFate, nowMs: number): void {
    const random = this.#random;
    if (random.chance(0.03))
      this.tell(random.chance(0.5) ? null : Math.floor(nowMs / 3_600_000) - random.below(2));
    if (random.chance(0.2)) this.#arrive();
    for (let i = random.below(8); i > 0 && this.#runs.length > 0; i--) {
      const run = random.pick(this.#runs);
      try {
        const { value, done } = run.steps.next(run.reply as SealReply);
        if (done) this.#end(run);
        else run.reply = this.#tryStep(value as SealStep, fate);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.tally.sealerDeaths++;
        this.#end(run);
      }
    }
  }

  /** Everything works: what is due is sealed. */
  finish(): void {
    this.#arrive();
    for (let outcome: unknown = 'more'; outcome === 'more' || this.#runs.length > 0; ) {
      const { steps, reply: first } = this.#runs.pop() ?? this.#newRun(null);
      for (let reply = first; ; ) {
        const { value, done } = steps.next(reply as SealReply);
        outcome = value;
        if (done) break;
        reply = this.#carryOut(value as SealStep);
      }
    }
    this.#runs = [];
  }

  #newRun(hour: number | null): Run {
    return { steps: this.#sealLog(hour), reply: undefined };
  }

  #end(run: object): void {
    this.#runs = this.#runs.filter((other) => other !== run);
  }

  #arrive(): void {
    for (const arrive of this.#stragglers.splice(0)) arrive();
  }

  #tryStep(step: SealStep, fate: DatabaseFate): SealReply {
    const random = this.#random;
    if (random.chance(this.#trouble)) throw new Refused('dies before it');
    const isOfDatabase = ['list', 'listed', 'account'].includes(step.kind);
    const isOfLake = step.kind === 'put' && random.chance(this.#trouble);
    const troubled: DatabaseFate = isOfDatabase
      ? fate
      : isOfLake
        ? random.pick(['down', 'mute', 'slow'])
        : 'up';
    if (troubled === 'slow') this.#stragglers.push(() => this.#carryOut(step));
    if (troubled === 'down' || troubled === 'slow') throw new Refused(troubled);
    if (step.kind === 'keep_plan' && random.chance(this.#trouble)) {
      this.#shard.die();
      throw new Refused('the shard dies before the plan is stored');
    }
    const reply = this.#carryOut(step);
    if (troubled === 'mute' || random.chance(this.#trouble)) throw new Refused('dies behind it');
    if (random.chance(this.#trouble)) this.#shard.die();
    return reply;
  }

  #carryOut(step: SealStep): SealReply {
    switch (step.kind) {
      case 'standing':
        return this.#shard.region().log.standing;
      case 'page':
        return this.#shard.store.rows
          .filter(({ row }) => row >= step.fromRow && row <= step.throughRow)
          .slice(0, this.#random.between(1, 3));
      case 'keep_plan': {
        const place = { region: 'Nowhere', shard: 0 };
        const { plan, effects } = this.#shard.region().log.keepPlan({ ...step.plan, ...place });
        if (effects.length > 0) this.tally.plans++;
        this.#shard.carryOut(effects);
        return plan;
      }
      case 'listed':
        return new Set(step.names.filter((name) => this.listed.has(name)));
      case 'encode':
        return this.#encode(step.rows);
      case 'put':
        return this.#put(step.name, step.part);
      case 'list':
        this.listed.set(partName(step.address), step.address);
        return null;
      case 'account':
        this.#account(step.plan.firstRow, step.account);
        return null;
      case 'sealed': {
        const { log } = this.#shard.region();
        this.#shard.carryOut(log.sealed(step.plan, this.#shard.store.firstAtMs(step.plan.lastRow + 1)));
        this.#shard.maintain();
        return null;
      }
      default:
        unreachable(step);
    }
  }

  #encode(rows: LakeRows): SealedPart {
    const times = [...rows.columns.timeMs];
    const digest = JSON.stringify(eventsOf(rows));
    const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
    const part = {
      bytes: new Uint8Array(rows.count),
      digest,
      events: rows.count,
      fromMs,
      toMs,
      formatVersion: 1,
    };
    this.#encoded.set(part, rows);
    return part;
  }

  #account(firstRow: number, account: ShardAccount): void {
    const held = this.accounts.get(firstRow) ?? account.encode();
    if (held !== account.encode()) throw new Error(`two accounts of rows from ${firstRow} on`);
    this.accounts.set(firstRow, held);
  }

  /** What D1 says became of the events. */
  accounted(): Pick<AccountLine, 'counted' | 'late' | 'duplicates'> {
    const sum = { counted: 0, late: 0, duplicates: 0 };
    for (const line of [...this.accounts.values()].flatMap((text) => ShardAccount.decode(text).lines)) {
      sum.counted += line.counted;
      sum.late += line.late;
      sum.duplicates += line.duplicates;
    }
    return sum;
  }

  /** Only where nothing is stored under the name. */
  #put(name: string, part: SealedPart): StoredPart | null {
    const before = this.lake.get(name);
    if (before) return before;
    const { digest, bytes } = part;
    this.lake.set(name, { digest, bytes: bytes.length, rows: this.#encoded.get(part) as LakeRows });
    this.tally.parts++;
    if (name.endsWith('late.parquet')) this.tally.lateParts++;
    return null;
  }

  /** Every event in the lake by kind, in the order of the log. Throws where one is in a part that is not for it. */
  sealedEvents(kind: PartAddress['kind']): (readonly [hi: number, lo: number, timeMs: number])[] {
    const all: (readonly [row: number, index: number, hi: number, lo: number, timeMs: number])[] = [];
    for (const [name, { rows }] of this.lake) {
      const address = parsePartName(name);
      if (!address || address.kind !== kind) continue;
      const events = eventsOf(rows);
      const strange = events.find(
        ([row, , , , ms]) =>
          Math.floor(ms / 3_600_000) !== address.hour || row < address.firstRow || row > address.lastRow,
      );
      if (strange) throw new Error(`an event of row ${strange[0]}, time ${strange[4]}, in ${name}`);
      all.push(...events);
    }
    return all.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , hi, lo, ms]) => [hi, lo, ms] as const);
  }
}

function eventsOf({ count, columns: { identity, timeMs }, logRow, index }: LakeRows) {
  return Array.from({ length: count }, (_, i) => {
    const place = [logRow[i] as number, index[i] as number] as const;
    return [...place, identity.hi[i] as number, identity.lo[i] as number, timeMs[i] as number] as const;
  });
}
