// A region's log in parts, the stream's windows in D1, and runs over them, with the real D1 and R2.
import { env } from 'cloudflare:workers';
import type { LakeRows } from '../../../core/lake/lake-rows.ts';
import { partName } from '../../../core/lake/part-name.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import { Region } from '../../../core/window/region.ts';
import { addRuns, startRuns } from '../../../storage/batch-store.ts';
import { BatchWork } from '../../../storage/batch-work.ts';
import { savePart } from '../../../storage/part-store.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { HourRun, type StepCounts } from '../../../workers/batch/hour-run.ts';
import type { BatchPorts, StepOutcome } from '../../../workers/batch/ports.ts';
import { ShardStore } from '../../sim/shard-store.ts';
import { buildChunk, buildEvent, type EventFields } from '../../support/build-chunk.ts';
import { type LoggedEvent, loggedEvents, type MadePart, partsOf } from '../../support/logged-events.ts';

export const hourMs = 3_600_000;
export const hour0 = 500_000;
export const t0 = hour0 * hourMs;
const minute = 60_000;
/** Long after the hour and its lateness. */
export const later = t0 + 3 * hourMs;

export class BatchWorld {
  readonly parts = new Map<string, MadePart>();
  readonly #store: ShardStore;
  readonly #region: Region;
  readonly #incarnation: number;
  #sealedRows = 0;
  #identity = 0;
  #number = 0;
  /** What sealHour says. */
  sealed: 'sealed' | 'open' = 'sealed';
  /** Called before each part is read. */
  onRead: (name: string) => void | Promise<void> = () => undefined;
  /** What a faulty stream makes of a window before it writes it. */
  fault: (window: PackedWindow) => PackedWindow = (window) => window;

  constructor(incarnation = 1, beganMs = t0) {
    this.#incarnation = incarnation;
    this.#store = new ShardStore({ regionNumber: 1, shard: 0, generation: 0, incarnation });
    this.#region = new Region(this.#store.source(), beganMs);
  }

  /** Events come; those without an identity get one of their own. */
  receive(atMs: number, ...events: readonly EventFields[]): void {
    const built = events.map((fields) => buildEvent({ identityHi: ++this.#identity, ...fields }));
    const chunk = buildChunk(built, { firstNumber: this.#number, receivedAtMs: atMs });
    this.#number += events.length;
    this.#store.carryOut(this.#region.receive([chunk], atMs).effects);
  }

  /** The stream writes what is due to D1. */
  async emit(atMs: number): Promise<void> {
    this.#store.carryOut(this.#region.tick(atMs));
    const due = this.#region.dueWindows(atMs);
    await saveWindows(
      env.DB,
      due.map((window) => this.fault(window)),
    );
    this.#store.carryOut(this.#region.confirm(due, atMs));
  }

  /** Everything that is in the log and in no part becomes parts, of one range of the log. */
  async seal(): Promise<MadePart[]> {
    const rows = this.#store.rows.slice(this.#sealedRows);
    this.#sealedRows = this.#store.rows.length;
    return await this.list(loggedEvents(rows, this.#incarnation));
  }

  async list(logged: readonly LoggedEvent[]): Promise<MadePart[]> {
    const made = partsOf(logged, 'EU-London', 7);
    for (const part of made) {
      const times = part.events.map(({ event }) => event.timeMs);
      const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
      const content = { events: part.events.length, bytes: 1, digest: 'd', formatVersion: 1, fromMs, toMs };
      await savePart(env.DB, 1, part.address, content, later);
      this.parts.set(partName(part.address), part);
    }
    return made;
  }

  ports(runId: string, nowMs = later): BatchPorts {
    return {
      db: env.DB,
      work: new BatchWork(env.LAKE, runId),
      sealHour: async () => this.sealed,
      readPart: (name) => this.#read(name),
      now: () => nowMs,
    };
  }

  async *#read(name: string): AsyncGenerator<LakeRows> {
    await this.onRead(name);
    for (const rows of this.parts.get(name)?.groups ?? []) yield rows;
  }
}

/** An hour of 60 windows of a few events each, emitted and sealed, with twins within H that the stream knows. */
export async function usualHour(world: BatchWorld, perMinute = 3): Promise<void> {
  for (let n = 0; n < 60; n++) {
    const timeMs = t0 + n * minute + 1000;
    const events = Array.from({ length: perMinute }, (_, i) => eventOf(timeMs + i * 9000, n * 10 + i));
    world.receive(timeMs + 30_000, ...events, events[0] as EventFields);
  }
  await world.emit(t0 + 2 * hourMs);
}

export const eventOf = (timeMs: number, n: number): EventFields => ({
  timeMs,
  identityHi: n,
  identityLo: n,
  userHi: n % 7,
  userLo: 1,
  sessionHi: n % 5,
  sessionLo: 2,
  contentId: `film-${n % 4}`,
  title: `Film ${n % 4}`,
  deviceType: n % 2 === 0 ? 'tv' : 'phone',
});

export async function beginRun(
  id: string,
  reason: 'demand' | 'replay' = 'demand',
  atMs = later,
): Promise<void> {
  await addRuns(env.DB, [{ id, regionNumber: 1, hour: hour0, reason, replayId: null }], atMs);
  await startRuns(env.DB, 1000, atMs);
}

/** Carries out all steps of a run; each twice where `twice`, as after a crash that came before its end was known. */
export async function carryOut(
  ports: BatchPorts,
  id: string,
  twice = false,
  hour = hour0,
): Promise<StepOutcome<null>> {
  const params = { runId: id, regionNumber: 1, hour };
  const once = async <T>(act: (run: HourRun) => Promise<StepOutcome<T>>): Promise<StepOutcome<T>> => {
    if (twice) await act(new HourRun(ports, params));
    return await act(new HourRun(ports, params));
  };
  const sealed = await once((run) => run.seal());
  if (sealed.is !== 'done') return sealed;
  const planned = await once((run) => run.plan());
  if (planned.is !== 'done') return planned;
  for (const act of actsOf(planned.value)) {
    const outcome = await once(act);
    if (outcome.is !== 'done') return outcome;
  }
  return { is: 'done', value: null };
}

function actsOf({ folds, suspects }: StepCounts): ((run: HourRun) => Promise<StepOutcome<null>>)[] {
  const acts: ((run: HourRun) => Promise<StepOutcome<null>>)[] = [];
  for (const [shard, { slices, scans }] of suspects.entries()) {
    for (let slice = 0; slice < slices; slice++) {
      for (let scan = 0; scan < scans; scan++) acts.push((run) => run.scan(shard, slice, scan));
      acts.push((run) => run.judge(shard, slice));
    }
  }
  for (let at = 0; at < folds; at++) acts.push((run) => run.fold(at));
  acts.push((run) => run.finish());
  return acts;
}
