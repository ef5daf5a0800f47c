/**
 * Days and viewing sessions of two regions under a virtual clock: the product's runs over them, what makes them due, and
 * their statements, while hours are computed, and computed again as late events come. Everything may be refused, done
 * without an answer, go on though it was given up, or die at any operation.
 */
import { computableBefore } from '../../../storage/batch-due.ts';
import { type DayParams, readDueDays } from '../../../storage/day-store.ts';
import { removeWork } from '../../../storage/retention.ts';
import { readDueSessionHours, type SessionParams } from '../../../storage/warehouse/session-hours.ts';
import { runDay } from '../../../workers/batch/day-run.ts';
import { beginDueDays } from '../../../workers/batch/days-due.ts';
import { runSessions } from '../../../workers/batch/session-run.ts';
import { beginDueSessions, beginNextSessions } from '../../../workers/batch/sessions-due.ts';
import { DayRules } from './day-rules.ts';
import type { SimWorkflow } from './engine.ts';
import { FilmLake } from './film-lake.ts';
import { Ground, hourMs, minuteMs, type WorkflowSeams, type WorkflowTally } from './ground.ts';
import type { Task } from './scheduler.ts';
import { SessionRules } from './session-rules.ts';

/** 2026-11-20T23:20:00Z: a day ends soon. */
const startMs = Date.UTC(2026, 10, 20, 23, 20);
/** Events of one step, so that there are several. */
const stepEvents = 6;
const drainRoundsMax = 120;

export class DerivedSim {
  readonly #ground: Ground;
  readonly #lakes: readonly FilmLake[];
  readonly #days: SimWorkflow<DayParams>;
  readonly #sessions: SimWorkflow<SessionParams>;
  readonly #dayRules: DayRules;
  readonly #sessionRules: SessionRules;

  constructor(seed: number, seams: WorkflowSeams) {
    const ground = new Ground(seed ^ 0x3c6ef372, seams, startMs);
    const { database, bucket, random } = ground;
    this.#ground = ground;
    const regions = random.chance(0.7) ? [1] : [1, 2];
    this.#lakes = regions.map((region) => new FilmLake(region, database, random));
    this.#dayRules = new DayRules(database, bucket, this.#lakes);
    this.#sessionRules = new SessionRules(database, bucket, this.#lakes);
    database.onWrite = (sql, given) =>
      ground.rule(() => {
        this.#dayRules.check(sql, given);
        this.#sessionRules.checkStatement(sql);
      });
    bucket.onWrite = (key) => ground.rule(() => this.#sessionRules.checkObject(key));
    this.#days = ground.workflow<DayParams>(
      async (task, params, steps) => await runDay(this.#ports(task), steps, params),
    );
    this.#sessions = ground.workflow<SessionParams>(async (task, params, steps) => {
      const how = await runSessions(this.#ports(task), steps, params);
      await steps.do('next', async () => await beginNextSessions(this.#due(task), params));
      return how;
    });
    this.#days.onEnd = (params, output) => ground.rule(() => this.#checkDayEnd(params, output));
    this.#sessions.onEnd = (params, output) => ground.rule(() => this.#checkSessionEnd(params, output));
  }

  async run(steps: number): Promise<WorkflowTally> {
    for (let step = 0; step < steps; step++) await this.#ground.step(async () => await this.#act());
    await this.#drain();
    return this.#ground.finish();
  }

  async #act(): Promise<void> {
    const ground = this.#ground;
    const { random } = ground;
    const die = random.below(100);
    const lake = random.pick(this.#lakes);
    if (die < 30) lake.receive(ground.nowMs);
    else if (die < 50)
      ground.nowMs += random.pick([minuteMs, 7 * minuteMs, 7 * minuteMs, 40 * minuteMs, 2 * hourMs]);
    else if (die < 62) await lake.seal(ground.nowMs);
    else if (die < 74) lake.compute(ground.nowMs, random.pick([0.4, 1, 1]));
    else if (die < 92) await this.#watch();
    else if (die < 93 && ground.trouble > 0) ground.storm();
    else if (die < 95 && ground.trouble > 0) ground.dieWhole();
    else await ground.resume();
  }

  async #watch(): Promise<void> {
    await this.#ground.spawn('cron', async (task) => {
      await beginDueDays(
        this.#ground.db(task),
        this.#days.binding(task),
        this.#entries(),
        this.#ground.nowMs,
      );
      await beginDueSessions(this.#due(task), this.#entries());
    });
  }

  #due(task: Task) {
    const { nowMs } = this.#ground;
    return { db: this.#ground.db(task), workflow: this.#sessions.binding(task), nowMs };
  }

  #entries() {
    return this.#lakes.map(({ regionNumber, region }) => ({ number: regionNumber, name: region })) as never;
  }

  #ports(task: Task) {
    const ground = this.#ground;
    const lakeOf = (name: string): FilmLake =>
      this.#lakes.find(({ parts }) => parts.has(name)) ?? (this.#lakes[0] as FilmLake);
    return {
      db: ground.db(task),
      bucket: ground.r2(task),
      read: async function* read(name: string) {
        await ground.scheduler.ask(task, `read ${name}`, () => null);
        yield* lakeOf(name).read(name);
      },
      now: () => ground.nowMs,
      stepEvents,
      usersOneIn: 1,
    };
  }

  /** BAT-3: what an instance says to have done, D1 says too, or something newer. */
  #checkDayEnd({ regionNumber, day, hours, generations }: DayParams, output: string): void {
    this.#ground.note(`days ${output}`);
    if (output !== 'done') return;
    const [row] = this.#ground.database.rows<{ hours: number; generations: number }>(
      'SELECT hours, generations FROM batch_days WHERE key = ?',
      regionNumber * 2 ** 34 + day,
    );
    if (!row || row.hours < hours || row.generations < generations)
      throw new Error(`[BAT-3] an instance has ended as done, and day ${day} is not written`);
  }

  #checkSessionEnd({ regionNumber, hour }: SessionParams, output: string): void {
    this.#ground.note(`sessions ${output}`);
    if (output !== 'done') return;
    const [row] = this.#ground.database.rows<{ generation: number }>(
      'SELECT generation FROM session_hours WHERE key = ?',
      regionNumber * 2 ** 34 + hour,
    );
    if (!row || row.generation < 0)
      throw new Error(`[SES-3] an instance has ended as done, and hour ${hour} is not written`);
  }

  /** Everything works: in the end days and sessions are those of all events. */
  async #drain(): Promise<void> {
    const ground = this.#ground;
    ground.drains = true;
    for (const lake of this.#lakes) await lake.seal(ground.nowMs);
    ground.nowMs += 2 * hourMs;
    for (let round = 0; round < drainRoundsMax; round++) {
      await ground.performAll();
      if (await this.#isAtRest()) return await this.#checkLeft();
      // Days that are long over have their look once a day, at an hour of their own.
      ground.nowMs += round < 20 ? 7 * minuteMs : hourMs;
      await ground.resume();
      for (const lake of this.#lakes) lake.compute(ground.nowMs);
      await this.#watch();
    }
    throw new Error('[BAT-3, SES-3] in the end not at rest');
  }

  async #isAtRest(): Promise<boolean> {
    const { database, nowMs, isIdle } = this.#ground;
    if (!isIdle || this.#lakes.some((lake) => lake.staleHours().length > 0)) return false;
    const db = database.direct();
    const numbers = this.#lakes.map(({ regionNumber }) => regionNumber);
    const before = computableBefore(nowMs);
    const days = await readDueDays(db, numbers, [[0, Math.floor(before / 24)]], 1);
    // Also those that were begun just now, and those that wait.
    const hours = await readDueSessionHours(db, numbers, [[0, before]], nowMs + 7 * hourMs, 1);
    return days.length + hours.length === 0;
  }

  async #checkLeft(): Promise<void> {
    const ground = this.#ground;
    ground.tally.days = await this.#dayRules.checkLeft(computableBefore(ground.nowMs));
    ground.tally.sittings = await this.#sessionRules.checkLeft();
    this.#sessionRules.checkFolders();
    // What runs have left that came to no end.
    const { database, bucket } = ground;
    const nowMs = ground.nowMs + 8 * 24 * hourMs;
    await removeWork({ db: database.direct(), bucket: bucket.direct(), regions: [], nowMs });
    const left = bucket.namesOf('lake/work/');
    if (left.length > 0) throw new Error(`[RET-1] left in R2: ${left.join()}`);
  }
}
