/** The steps of a run over one region and hour (BAT-1). Each can be done again, and any isolate can do the next. */

import { HourFold } from '../../core/batch/hour-fold.ts';
import { type HourPlan, planHour } from '../../core/batch/hour-plan.ts';
import { PartEvents } from '../../core/batch/part-events.ts';
import { TWIN } from '../../core/batch/twin-finder.ts';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { batchWaitMsMax } from '../../core/protocol/batch-limits.ts';
import { FormatError } from '../../core/protocol/bytes.ts';
import type { BatchParams } from '../../storage/batch-dispatch.ts';
import { readBatchHour } from '../../storage/batch-hour-store.ts';
import { endRun, noteProgress, putOff, readRun } from '../../storage/batch-store.ts';
import { toHex } from '../../storage/hex.ts';
import { PartError } from '../../storage/lake/part-error.ts';
import { type ListedPart, listParts } from '../../storage/part-store.ts';
import { readShardsOf } from '../../storage/region-registry.ts';
import { textsOf, windowsOf } from '../../storage/window-text.ts';
import { finishHour, type ShardResult } from './finish-hour.ts';
import { findTwins, marksOf, ofPlan, scanForTwins } from './late-twins.ts';
import { type BatchPorts, done, failed, over, type StepOutcome } from './ports.ts';

/** What the plan is, in R2: it may be longer than what a step may return. */
export interface StoredPlan extends HourPlan<ListedPart> {
  readonly generation: number;
  readonly partsDigest: string;
}

/** How many steps of each kind there are; by shard with suspects: slices, and scans a slice. */
export interface StepCounts {
  readonly folds: number;
  readonly suspects: readonly { readonly slices: number; readonly scans: number }[];
}

type StoredFold = Omit<ShardResult, 'windows'> & { readonly windows: ReturnType<typeof textsOf> };

export class HourRun {
  readonly #ports: BatchPorts;
  readonly #params: BatchParams;

  constructor(ports: BatchPorts, params: BatchParams) {
    this.#ports = ports;
    this.#params = params;
  }

  /** Asks each shard to seal the hour. One that is open puts the run off, for a day at most. */
  async seal(): Promise<StepOutcome<null>> {
    const { db, sealHour } = this.#ports;
    const { runId, regionNumber, hour } = this.#params;
    const run = await readRun(db, runId);
    if (run?.state !== 'running') return over;
    for (const address of await readShardsOf(db, regionNumber)) {
      if ((await sealHour(address, hour)) === 'sealed') continue;
      const why = `shard ${address.shard} of region ${regionNumber} has not sealed this hour yet`;
      await this.putOff(why);
      return { is: 'open', why };
    }
    return done(null);
  }

  /** Decides what is read, in which order and steps. */
  async plan(): Promise<StepOutcome<StepCounts>> {
    const { db, work } = this.#ports;
    const { regionNumber, hour } = this.#params;
    const before = await readBatchHour(db, this.#params);
    if (before?.frozen) return failed('the hour is frozen: parts of it have expired');
    const parts = await listParts(db, regionNumber, hour, hour + 1);
    const plan: StoredPlan = {
      ...planHour(parts),
      generation: (before?.generation ?? 0) + 1,
      partsDigest: await digestOf(parts),
    };
    await work.save('plan', plan);
    if (!(await this.#progress(plan, 0))) return over;
    return done({
      folds: plan.folds.length,
      suspects: plan.suspects.map(({ slices, scans }) => ({ slices, scans: scans.length })),
    });
  }

  /** Streams a group of parts past the suspects of a slice of identities (DUP-1b). */
  async scan(shardAt: number, slice: number, scan: number): Promise<StepOutcome<null>> {
    return await this.#step(async (plan) => {
      await scanForTwins(this.#ports, plan, { shardAt, slice, scan });
      return done(null);
    });
  }

  /** Tells which suspects of a slice of identities count. */
  async judge(shardAt: number, slice: number): Promise<StepOutcome<null>> {
    return await this.#step(async (plan) => {
      await findTwins(this.#ports, plan, { shardAt, slice });
      return done(null);
    });
  }

  /** Counts the events of a group of parts on from where the group before it stopped. */
  async fold(at: number): Promise<StepOutcome<null>> {
    return await this.#step(async (plan) => {
      const group = plan.folds[at];
      if (!group) return failed(`there is no group ${at}`);
      const begun = plan.folds[at - 1]?.shard === group.shard ? await this.#folded(plan, at - 1) : null;
      const { regionNumber, hour } = this.#params;
      const sums = { counted: 0, lateAdded: 0, lateTwins: 0, streamed: 0, ...begun };
      const fold = new HourFold({ regionNumber, shard: group.shard }, hour, begun?.windows);
      for (const place of group.places) {
        const { part, suspect } = plan.parts[place] as StoredPlan['parts'][number];
        const marks = suspect ? await marksOf(this.#ports, plan, place) : null;
        const events = await this.#readWhole(part);
        const added = naming(part, () => fold.add(events, part.incarnation, marks));
        sums[part.kind === 'late' ? 'lateAdded' : 'counted'] += added;
        sums.streamed += part.kind === 'late' ? 0 : part.events;
        sums.lateTwins += marks?.filter((mark) => mark === TWIN).length ?? 0;
      }
      const stored: StoredFold = { ...sums, shard: group.shard, windows: textsOf(fold.pack()) };
      await this.#ports.work.save(foldName(plan, at), stored);
      const partsDone = plan.folds.slice(0, at + 1).reduce((sum, { places }) => sum + places.length, 0);
      return (await this.#progress(plan, partsDone)) ? done(null) : over;
    });
  }

  /** Compares with what D1 holds, and writes what differs in one transaction. */
  async finish(): Promise<StepOutcome<null>> {
    return await this.#step(async (plan) => {
      const last = plan.folds.flatMap(({ shard }, at) => (plan.folds[at + 1]?.shard === shard ? [] : [at]));
      const results = await Promise.all(last.map((at) => this.#folded(plan, at)));
      return await finishHour(this.#ports, this.#params, plan, results);
    });
  }

  /** The run waits and is begun again later, for a day at most. */
  async putOff(why: string): Promise<void> {
    const { db, now } = this.#ports;
    const { runId } = this.#params;
    const run = await readRun(db, runId);
    if (run && now() - run.createdAtMs > batchWaitMsMax) await this.fail(`${why}, after a day`);
    else await putOff(db, runId, why, now());
  }

  async fail(why: string): Promise<void> {
    await endRun(this.#ports.db, this.#params.runId, 'failed', why, this.#ports.now());
  }

  async clean(): Promise<void> {
    await this.#ports.work.clear();
  }

  async #step(act: (plan: StoredPlan) => Promise<StepOutcome<null>>): Promise<StepOutcome<null>> {
    const run = await readRun(this.#ports.db, this.#params.runId);
    // Done is what a last step that is done again finds.
    if (run?.state === 'done') return done(null);
    if (run?.state !== 'running') return over;
    try {
      return await act(await this.#ports.work.load<StoredPlan>('plan'));
    } catch (error) {
      if (error instanceof PartError) return failed(error.message);
      throw error;
    }
  }

  async #folded(plan: StoredPlan, at: number): Promise<ShardResult> {
    const stored = await this.#ports.work.load<StoredFold>(foldName(plan, at));
    return { ...stored, windows: windowsOf(stored.windows) };
  }

  async #readWhole(part: ListedPart): Promise<PartEvents> {
    const groups: LakeRows[] = [];
    for await (const rows of this.#ports.readPart(part.name)) groups.push(rows);
    const events = new PartEvents(groups);
    if (events.count === part.events) return events;
    throw new PartError(part.name, `holds ${events.count} events, where ${part.events} are listed`);
  }

  async #progress(plan: StoredPlan, partsDone: number): Promise<boolean> {
    const { db, now } = this.#ports;
    return await noteProgress(db, this.#params.runId, { parts: plan.parts.length, partsDone }, now());
  }
}

const foldName = (plan: StoredPlan, at: number): string => ofPlan(plan, `fold-${at}`);

/** A fault in the events of a part is told with its name. */
function naming<T>({ name }: ListedPart, act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof FormatError ? new PartError(name, error.message) : error;
  }
}

/** SHA-256 over the sorted names. */
async function digestOf(parts: readonly ListedPart[]): Promise<string> {
  const names = parts.map(({ name }) => name).sort();
  return toHex(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(names.join('\n')))),
  );
}
