/**
 * ETL runs under a virtual clock: the product's steps over seeded files, its watchdog and statements. Everything may be
 * refused, done without an answer, go on though it was given up, or die at any operation; files are replaced and deleted
 * meanwhile, and runs are cancelled.
 */
import { newProgress } from '../../../core/etl/etl-progress.ts';
import { createSipHasher, sipKey } from '../../../core/protocol/siphash.ts';
import { importKey } from '../../../core/warehouse/import-name.ts';
import { BatchWork } from '../../../storage/batch-work.ts';
import { beginEtlInstance, type EtlParams } from '../../../storage/etl/etl-dispatch.ts';
import { removeEtlRuns, removeEtlWork } from '../../../storage/etl/etl-retention.ts';
import { cancelEtlRun, startEtlRun } from '../../../storage/etl/etl-store.ts';
import { SeenKeys } from '../../../storage/etl/seen-keys.ts';
import { takeEtlSteps } from '../../../workers/etl/etl-steps.ts';
import { type EtlPorts, etlWorkFolder } from '../../../workers/etl/ports.ts';
import { makeOwedSums, reviveEtlRuns } from '../../../workers/etl/watchdog.ts';
import type { SimWorkflow } from './engine.ts';
import { type FileVersion, fileNames, makeFile, pseudonymOf } from './etl-files.ts';
import { EtlRules } from './etl-rules.ts';
import { dayMs, Ground, hourMs, minuteMs, type WorkflowSeams, type WorkflowTally } from './ground.ts';
import type { Task } from './scheduler.ts';
import { checkSums } from './sum-rules.ts';

const startMs = Date.UTC(2026, 10, 20, 12);
/** Rows of one step, and steps of one instance, so that there are several. */
const chunkRows = 3;
const stepsMax = 9;
const drainRoundsMax = 60;
const hasher = createSipHasher(sipKey(new Uint8Array(16)));

export class EtlSim {
  readonly #ground: Ground;
  readonly #runs: SimWorkflow<EtlParams>;
  readonly #rules: EtlRules;
  readonly #files = new Map<string, FileVersion>();
  #asked = 0;

  constructor(seed: number, seams: WorkflowSeams) {
    const ground = new Ground(seed ^ 0x1a2b3c4d, seams, startMs);
    const { database, bucket } = ground;
    this.#ground = ground;
    this.#rules = new EtlRules(database, bucket, chunkRows);
    database.onWrite = (sql) =>
      ground.rule(() => {
        const ended = this.#rules.check(sql);
        if (ended !== null) ground.note(`imports ${ended}`);
      });
    this.#runs = ground.workflow<EtlParams>(async (task, params, steps) => {
      const act = async <T>(name: string, _: string, work: () => Promise<T>): Promise<T> =>
        await steps.do(name, work);
      const ports = async () => await this.#ports(task, params.runId);
      return await takeEtlSteps(act, ports, this.#runs.binding(task), params, stepsMax);
    });
  }

  async run(steps: number): Promise<WorkflowTally> {
    this.#upload();
    for (let step = 0; step < steps; step++) await this.#ground.step(async () => await this.#act());
    await this.#drain();
    return this.#ground.finish();
  }

  async #act(): Promise<void> {
    const ground = this.#ground;
    const die = ground.random.below(100);
    if (die < 25) this.#upload();
    else if (die < 50) ground.nowMs += ground.random.pick([minuteMs, 4 * minuteMs, 7 * minuteMs, hourMs]);
    else if (die < 72) await this.#begin();
    else if (die < 76) await this.#cancel();
    else if (die < 90) await this.#watch();
    else if (die < 92) this.#delete();
    else if (die < 93 && ground.trouble > 0) ground.storm();
    else if (die < 94 && ground.trouble > 0) ground.dieWhole();
    else await ground.resume();
  }

  /** Another file of a name, whoever reads the one before. */
  #upload(): void {
    const { random, bucket } = this.#ground;
    const [name, table] = random.pick(fileNames);
    // By the time at which all begins: no row is of a time to come, whichever run reads it.
    const made = makeFile(name, table, random, startMs);
    const file = { ...made, etag: bucket.put(importKey(name), made.text).etag };
    this.#files.set(name, file);
    this.#rules.uploaded(file);
  }

  #delete(): void {
    const { random, bucket } = this.#ground;
    const [name] = random.pick(fileNames);
    this.#files.delete(name);
    bucket.objects.delete(importKey(name));
  }

  async #begin(isWhole = false): Promise<void> {
    const ground = this.#ground;
    const { random, nowMs } = ground;
    const files = [...this.#files.values()].filter(() => isWhole || random.chance(0.7));
    if (files.length === 0) return;
    const named = files.map(({ name, table, text }) => ({ name, table, bytes: text.length }));
    const progress = newProgress<never>(named, random.pick([0.05, 1, 1]), nowMs);
    const id = `import-${++this.#asked}`;
    this.#rules.asked(id, files);
    await ground.spawn('api', async (task) => {
      const other = await startEtlRun(ground.db(task), { id, progress, startedBy: 'tester' }, nowMs);
      if (other !== null) return;
      await beginEtlInstance(this.#runs.binding(task), { runId: id, instance: 1 });
    });
  }

  async #cancel(): Promise<void> {
    const ground = this.#ground;
    const sql = "SELECT id FROM etl_runs WHERE state = 'running'";
    const [run] = ground.database.rows<{ id: string }>(sql);
    if (run) await ground.spawn('cancel', async (task) => void (await cancelEtlRun(ground.db(task), run.id)));
  }

  async #watch(): Promise<void> {
    const ground = this.#ground;
    await ground.spawn('watchdog', async (task) => {
      await reviveEtlRuns(ground.db(task), this.#runs.binding(task), ground.nowMs);
      await makeOwedSums(ground.db(task));
    });
  }

  async #ports(task: Task, runId: string): Promise<EtlPorts> {
    const ground = this.#ground;
    const bucket = ground.r2(task);
    const work = new BatchWork(bucket, runId, etlWorkFolder);
    await ground.scheduler.ask(task, 'load the identifier', () => null);
    return {
      db: ground.db(task),
      bucket,
      work,
      keys: new SeenKeys(work),
      context: (startedAtMs) =>
        Promise.resolve({ nowMs: startedAtMs, pseudonymOf, regionNumberOf: () => null }),
      hashOf: (key) => {
        hasher.hashParts([key]);
        return { hi: hasher.hi, lo: hasher.lo };
      },
      now: () => ground.nowMs,
      chunkRows,
      within: () => Promise.resolve(),
    };
  }

  /** Everything works: what goes on ends, sums are made, and what was put by goes. */
  async #drain(): Promise<void> {
    const ground = this.#ground;
    ground.drains = true;
    await this.#settle();
    checkSums(ground.database);
    this.#upload();
    await this.#begin(true);
    await this.#settle();
    checkSums(ground.database);
    await this.#removeAll();
    const left = [...ground.bucket.objects.keys()].filter((key) => key.startsWith('etl/'));
    if (left.length > 0) throw new Error(`[RET-1] left in R2: ${left.join()}`);
  }

  async #settle(): Promise<void> {
    const ground = this.#ground;
    for (let round = 0; round < drainRoundsMax; round++) {
      await ground.performAll();
      const sql = "SELECT id FROM etl_runs WHERE state IN ('running', 'cancelling')";
      if (round > 2 && ground.isIdle && ground.database.rows(sql).length === 0) return;
      ground.nowMs += 7 * minuteMs;
      await ground.resume();
      await this.#watch();
    }
    throw new Error('[ETL-1] in the end not at rest');
  }

  async #removeAll(): Promise<void> {
    const ground = this.#ground;
    const { database, bucket } = ground;
    ground.nowMs += 40 * dayMs;
    const ports = { db: database.direct(), bucket: bucket.direct(), regions: [], nowMs: ground.nowMs };
    while ((await removeEtlRuns(ports)).more);
    await removeEtlWork(ports);
  }
}
