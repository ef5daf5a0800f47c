import { describe, expect, test } from 'vitest';
import type { SealPlan } from '../../../core/lake/seal-plan.ts';
import {
  SealFault,
  type SealReply,
  type SealStep,
  type SealSteps,
  sealLog,
} from '../../../core/lake/seal-steps.ts';
import { sealEventsMax, sealPartsMax } from '../../../core/protocol/limits.ts';
import { hour, minute, Shard, t0 } from '../window/shard-fixture.ts';

/** A run whose steps the test answers; those of a shard are answered by the shard. */
class Run {
  readonly #steps: SealSteps<unknown>;
  readonly #shard: Shard;
  #reply: SealReply | undefined;
  /** Asked and not answered yet. */
  #waiting: SealStep | null = null;
  readonly asked: string[] = [];

  constructor(shard: Shard, forHour: number | null = null) {
    this.#shard = shard;
    this.#steps = sealLog(forHour);
  }

  /** Goes on to the next step of a kind (returned), or to the end (its outcome), with a lake that takes everything. */
  until(kind: SealStep['kind'] | 'end', first?: SealReply): unknown {
    if (this.#waiting) this.#reply = first ?? this.#answer(this.#waiting);
    for (;;) {
      const { value, done } = this.#steps.next(this.#reply as SealReply);
      if (done) return value;
      const step = value as SealStep;
      this.asked.push(step.kind === 'page' ? `page ${step.fromRow} ${step.throughRow}` : step.kind);
      this.#waiting = step;
      if (step.kind === kind) return step;
      this.#reply = this.#answer(step);
    }
  }

  #answer(step: SealStep): SealReply {
    const { region, store } = this.#shard;
    if (step.kind === 'standing') return region.log.standing;
    if (step.kind === 'page')
      return store.rows.filter(({ row }) => row >= step.fromRow && row <= step.throughRow);
    if (step.kind === 'keep_plan')
      return region.log.keepPlan({ ...step.plan, region: 'Nowhere', shard: 0 }).plan;
    if (step.kind === 'listed') return new Set<string>();
    if (step.kind === 'encode') {
      const { count } = step.rows;
      const times = { fromMs: 0, toMs: 0 };
      return {
        bytes: new Uint8Array(1),
        digest: `${count} events`,
        events: count,
        ...times,
        formatVersion: 1,
      };
    }
    if (step.kind === 'sealed') region.log.sealed(step.plan, store.firstAtMs(step.plan.lastRow + 1));
    return null;
  }
}

describe('two sealers at once', () => {
  //  A: standing, rows 0..1 -------------------------- keep_plan: rows 1..1 stand
  //  B:   plan 0..0, sealed        plan 1..1, kept
  test('[LAK-1] a plan that ends with the rows that were read, but begins elsewhere, is carried out with its own rows', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    shard.see(t0 + 1, t0);
    const a = new Run(shard);
    expect(a.until('keep_plan')).toMatchObject({ plan: { firstRow: 0, lastRow: 1 } });
    const standing = {
      region: 'Nowhere',
      shard: 0,
      incarnation: 1,
      firstRow: 1,
      lastRow: 1,
      parts: [{ hour: t0 / hour, kind: 'counted' as const }],
      partsBefore: 0,
      partsAfter: 0,
      loggedThrough: 2,
      formatVersion: 1,
    };
    a.asked.splice(0);
    expect(a.until('page', standing)).toMatchObject({ fromRow: 1, throughRow: 1 });
  });

  test('[LAK-1] a run whose plan another has finished while it read stores nothing', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    const first = new Run(shard);
    first.until('put');
    const second = new Run(shard);
    second.until('listed');
    first.until('end', { digest: '1 events', bytes: 1 });
    expect(second.until('end', new Set())).toBe('sealed');
    expect(second.asked).not.toContain('encode');
  });
});

describe('what a plan holds', () => {
  test('[LAK-1] as many rows as sealEventsMax events, and one row at least', () => {
    const shard = new Shard();
    const half = sealEventsMax / 2;
    const chunks = (events: number) =>
      Array.from({ length: events / 2000 }, () =>
        shard.chunk(t0, ...Array.from({ length: 2000 }, (_, i) => ({ timeMs: t0 + i }))),
      );
    for (const events of [half, half, 2000]) shard.receive(t0, ...chunks(events));
    const rowsOf = (plan: unknown) => (plan as { plan: SealPlan }).plan;
    const run = new Run(shard);
    expect(rowsOf(run.until('keep_plan'))).toMatchObject({ firstRow: 0, loggedThrough: sealEventsMax });
  });

  test('[LAK-1] sealPartsMax parts: one row of more hours takes several plans, and no run makes more', () => {
    const shard = new Shard(t0 + 1000 * hour);
    const times = Array.from({ length: sealPartsMax + 1 }, (_, i) => t0 + i * hour);
    shard.see(t0 + 1000 * hour, ...times);
    shard.see(t0 + 1000 * hour, t0);
    const run = new Run(shard);
    expect(run.until('sealed')).toMatchObject({ plan: { lastRow: 0, partsBefore: 0, partsAfter: 1 } });
    expect(run.until('end')).toBe('more');
    expect(shard.region.log.standing).toMatchObject({ throughRow: -1, partsDone: sealPartsMax });
    expect(new Run(shard).until('end')).toBe('sealed');
    expect(shard.region.log.standing).toMatchObject({ throughRow: 1, partsDone: 0 });
  });

  test('[LAK-1] a part that holds other events is a fault, and nothing is told', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    const run = new Run(shard);
    run.until('put');
    expect(() => run.until('end', { digest: 'other', bytes: 1 })).toThrow(SealFault);
    expect(shard.region.log.standing.plan).not.toBeNull();
  });

  test('[LAK-1] a plan of another version of the format is not carried out', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    const run = new Run(shard);
    const { plan } = run.until('keep_plan') as { plan: SealPlan };
    expect(() => run.until('end', { ...plan, region: 'Nowhere', shard: 0, formatVersion: 99 })).toThrow(
      SealFault,
    );
  });

  test('[LAK-1] on demand a rest without events of the hour stays where it is', () => {
    const shard = new Shard();
    shard.see(t0 + minute, t0);
    expect(new Run(shard, t0 / hour + 1).until('end')).toBe('sealed');
    expect(shard.region.log.standing.throughRow).toBe(-1);
    expect(new Run(shard, t0 / hour).until('end')).toBe('sealed');
    expect(shard.region.log.standing.throughRow).toBe(0);
  });
});
