// The whole way of events, counted: two hours before midnight they are sent, minute by minute; then hours, days and
// sessions are computed as the crons have it, and in the end everything goes that retention takes.
import { queueOperationsPerMessage } from '../../core/cost/prices.ts';
import type { WorkUnit } from '../../core/cost/unit-work.ts';
import { readWranglerConfig } from '../wrangler-config.ts';
import type { CountedWorld } from './counted-world.ts';
import { addCounts, type Counts, operationsOf } from './counts.ts';
import { eventsOfStep, sittingsOf } from './viewing.ts';

const [hourlyCron = '', watchCron = '', dailyCron = ''] = readWranglerConfig().triggers.crons ?? [];
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const steadyAfterPosts = 50;
/** In which nobody sends or watches. */
export const idleHours = 3;
/** Each goes beyond one of the times in batch-limits.ts and warehouse-limits.ts that rows are kept. */
const retentionDays = [8, 31, 36, 92, 402];

export interface DayOptions {
  /** POSTs, one a minute from 22:00 of UTC. */
  readonly posts: number;
  readonly eventsPerPost: number;
  readonly say?: (text: string) => void;
}

export interface CountedDay {
  readonly events: number;
  readonly posts: number;
  readonly sittings: number;
  /** While events came, and until their last windows were in D1 and in the lake. */
  readonly stream: Counts;
  /** Of `stream`, the POSTs behind the first 50 minutes, by when what is sealed and dead goes as fast as more comes. */
  readonly steady: Counts;
  /** Hours, the day and sessions, with the crons' looks. */
  readonly batch: Counts;
  readonly retention: Counts;
  /** Of the hours in which nobody sent or watched, with their crons. */
  readonly idle: Counts;
  readonly alarmsWhenIdle: number;
}

/** The next time that it is 22:00 of UTC, behind midnight: far enough ahead for what the folder holds from now. */
export const startOfDay = (nowMs: number): number => Math.ceil(nowMs / dayMs) * dayMs + 22 * hourMs;

export async function countDay(
  world: CountedWorld,
  { posts, eventsPerPost, say = () => undefined }: DayOptions,
): Promise<CountedDay> {
  const startMs = world.nowMs;
  const crons: Counts[] = [];
  const stream: Counts[] = [];
  const idle: Counts[] = [];
  let steadyFrom = Number.POSITIVE_INFINITY;
  for (let step = 0; step < posts; step++) {
    await passTo(world, startMs + step * minuteMs + 10_000, { alarms: stream, crons });
    await world.post(eventsOfStep(step, eventsPerPost, world.nowMs));
    stream.push(await world.take());
    if (step === steadyAfterPosts) steadyFrom = stream.length;
    if (step % 30 === 0) say(`  ${step} of ${posts} POSTs`);
  }
  const steady = addCounts(...stream.slice(steadyFrom));
  // Behind the lateness and the sealing of what came last.
  const lastMs = startMs + posts * minuteMs;
  await passTo(world, lastMs + 40 * minuteMs, { alarms: stream, crons });
  say('  hours, the day and sessions');
  await passTo(world, world.nowMs + 4 * hourMs, { alarms: crons, crons });
  await passTo(world, world.nowMs + idleHours * hourMs, { alarms: idle, crons: idle });
  const alarmsWhenIdle = (await world.pendingAlarms()).length;
  say('  retention');
  const retention = await removeAll(world, lastMs);
  return {
    events: posts * eventsPerPost,
    posts,
    sittings: sittingsOf(posts, eventsPerPost),
    stream: addCounts(...stream),
    steady,
    batch: addCounts(...crons),
    retention,
    idle: addCounts(...idle),
    alarmsWhenIdle,
  };
}

/** Sets the clock on to there, and fires the crons on the way, as wrangler.toml has them. */
async function passTo(
  world: CountedWorld,
  atMs: number,
  into: { readonly alarms: Counts[]; readonly crons: Counts[] },
): Promise<void> {
  const goTo = async (ms: number) => {
    await world.setClock(ms);
    await world.settle();
    into.alarms.push(await world.take());
  };
  for (let minute = Math.floor(world.nowMs / minuteMs) + 1; minute * minuteMs <= atMs; minute++) {
    const due = cronsOf(minute % 60);
    if (due.length === 0) continue;
    await goTo(minute * minuteMs);
    for (const cron of due) await world.fireCron(cron);
    into.crons.push(await world.take());
  }
  await goTo(atMs);
}

const cronsOf = (minute: number): string[] => [
  ...(minute % 5 === 0 ? [watchCron] : []),
  ...(minute === 12 ? [hourlyCron] : []),
];

async function removeAll(world: CountedWorld, fromMs: number): Promise<Counts> {
  const counts: Counts[] = [];
  for (const days of retentionDays) {
    await world.setClock(Math.floor(fromMs / dayMs) * dayMs + days * dayMs + 3 * hourMs + 17 * minuteMs);
    await world.fireCron(dailyCron);
    // What it leaves goes by the hour.
    for (let hours = 0; hours < 3; hours++) {
      await world.setClock(world.nowMs + hourMs);
      await world.fireCron(hourlyCron);
    }
    counts.push(await world.take());
  }
  return addCounts(...counts);
}

/** How many the run had of each. */
export function unitsOf({ posts, sittings, stream, batch, retention }: CountedDay): Record<WorkUnit, number> {
  const all = addCounts(stream, batch, retention);
  const of = (name: string): number => all[name] ?? 0;
  const regions = of('workflowRuns DayBatch');
  return {
    post: posts,
    lease: of('objectRequests KeyMeter.lend'),
    // A POST a minute.
    keyMinute: posts,
    queuePiece: (operationsOf(all).queueOperations ?? 0) / queueOperationsPerMessage,
    batch: of('workerRequests queue batch'),
    commit: of('objectRequests RegionWindow.receive'),
    // A POST of all regions a minute.
    window: posts * regions,
    part: of('r2Writes r2 put lake/events'),
    regionHour: of('workflowRuns HourBatch'),
    batchStep: of('workflowRuns HourBatch'),
    filmHour: of('rowsWritten d1 update movies'),
    regionDay: regions,
    session: sittings,
    newcomer: newcomers(all),
    look: of(`workerRequests cron ${watchCron}`),
  };
}

/** A user and a film are three rows each: the row, its name, and one more index. */
function newcomers(all: Counts): number {
  const rows = (all['rowsWritten d1 insert users'] ?? 0) + (all['rowsWritten d1 insert movies'] ?? 0);
  return Math.round(rows / 3);
}
