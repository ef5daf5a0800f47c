/**
 * The day of a region, computed from its parts and its computed hours (BAT-3, BAT-4), in steps that are bounded whatever
 * its size. Users are shuffled: each step cuts the records of some events into partitions by pseudonym, and each
 * partition is then summed by itself. A step that is done again does the same.
 */
import { type EventGroup, groupsOf } from '../../core/batch/event-groups.ts';
import { partitionStarts, sumUsers, TopUsers, type UserDay } from '../../core/batch/user-day.ts';
import { userAdder } from '../../core/batch/user-events.ts';
import { UserRecords, userRecordBytes } from '../../core/batch/user-records.ts';
import { dayHours, topUsersMax } from '../../core/protocol/batch-limits.ts';
import { BatchWork } from '../../storage/batch-work.ts';
import {
  type DayMark,
  type DayParams,
  readDayHours,
  readDayMark,
  readWrittenDay,
  writeDay,
} from '../../storage/day-store.ts';
import { listParts } from '../../storage/part-store.ts';
import { encodeUserStats, userStatsFolder, userStatsName } from '../../storage/user-stats.ts';
import { deleteUserStatsBefore } from '../../storage/user-stats-files.ts';
import { type ReadPart, recordsOf } from './group-events.ts';

export interface DayPorts {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
  readonly read: ReadPart;
  readonly now: () => number;
  /** Events of one step: userStepEventsMax but in tests. */
  readonly stepEvents: number;
}

/** Steps of a Workflow: one that is done is not done again, and what it gave is remembered. */
export interface Steps {
  do<T>(name: string, work: () => Promise<T>): Promise<T>;
}

const userRecords = {
  columns: ['user', 'pseudonymVersion', 'type', 'contentId', 'durationMs', 'logRow', 'index'],
  create: (capacity: number) => new UserRecords(capacity),
  adder: userAdder,
} as const;

interface Plan {
  readonly groups: readonly EventGroup[];
  readonly partitions: number;
}

interface Summed {
  readonly users: number;
  readonly events: number;
}

export const dayRunId = ({ regionNumber, day, hours, generations }: Omit<DayParams, 'region'>): string =>
  `day-${regionNumber}-${day}-${hours}-${generations}`;

/** Computes the day, unless its hours have been computed again since it was asked for: then another run does. */
export async function runDay(ports: DayPorts, steps: Steps, params: DayParams): Promise<'done' | 'passed'> {
  const work = new BatchWork(ports.bucket, dayRunId(params));
  const groups = await steps.do('plan', async () => await planDay(ports, work, params));
  if (groups === null) return 'passed';
  const counts: number[][] = [];
  for (let at = 0; at < groups; at++)
    counts.push(await steps.do(`records ${at}`, async () => await makeRecords(ports, work, at)));
  const summed: Summed[] = [];
  for (let at = 0; at < (counts[0]?.length ?? 0); at++)
    summed.push(
      await steps.do(`users ${at}`, async () => await sumPartition(ports, work, params, at, counts)),
    );
  await steps.do('write', async () => await write(ports, work, params, summed));
  await steps.do('clear', async () => {
    const standing = (await readWrittenDay(ports.db, params)) ?? params;
    await deleteUserStatsBefore(ports.bucket, userStatsFolder(params.region, params.day), standing);
    await work.clear();
    return null;
  });
  return 'done';
}

/** Notes the plan, and returns how many groups it has; null where the hours are no longer what they were. */
async function planDay(
  { db, stepEvents }: DayPorts,
  work: BatchWork,
  params: DayParams,
): Promise<number | null> {
  const { hours, generations } = await readDayMark(db, params);
  if (hours !== params.hours || generations !== params.generations) return null;
  const first = params.day * dayHours;
  const listed = await listParts(db, params.regionNumber, first, first + dayHours);
  const groups = [...new Set(listed.map(({ hour }) => hour))].flatMap((hour) =>
    groupsOf(
      listed.filter((part) => part.hour === hour),
      stepEvents,
    ),
  );
  const events = groups.reduce((sum, group) => sum + group.events, 0);
  const plan: Plan = { groups, partitions: Math.max(1, Math.ceil(events / stepEvents)) };
  await work.save('plan.json', plan);
  return groups.length;
}

/** Makes the records of a group, and returns how many of them fall into each partition. */
async function makeRecords(ports: DayPorts, work: BatchWork, at: number): Promise<number[]> {
  const { groups, partitions } = await work.load<Plan>('plan.json');
  const found = await recordsOf(ports.read, groups[at] as EventGroup, userRecords);
  const records = found.reduced();
  const starts = partitionStarts(records, partitions);
  await work.saveBytes(`records-${at}`, partitioned(records, starts));
  return starts.slice(1).map((end, partition) => end - (starts[partition] as number));
}

function partitioned(records: UserRecords, starts: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(records.count * userRecordBytes);
  for (const [partition, end] of starts.slice(1).entries()) {
    const start = starts[partition] as number;
    bytes.set(records.toBytes(start, end), start * userRecordBytes);
  }
  return bytes;
}

/** Sums the users of a partition over all groups: a file of the lake, and candidates for the top. */
async function sumPartition(
  { db, bucket }: DayPorts,
  work: BatchWork,
  params: DayParams,
  partition: number,
  counts: readonly (readonly number[])[],
): Promise<Summed> {
  const inPartition = counts.map((of) => of[partition] ?? 0);
  const records = new UserRecords(inPartition.reduce((sum, count) => sum + count, 0));
  for (const [at, count] of inPartition.entries()) {
    const before = (counts[at] ?? []).slice(0, partition).reduce((sum, held) => sum + held, 0);
    const range = { offset: before * userRecordBytes, length: count * userRecordBytes };
    if (count > 0) records.addBytes(await work.loadRange(`records-${at}`, range));
  }
  const users = [...sumUsers(records.reduced())];
  const top = new TopUsers(topUsersMax);
  for (const user of users) top.add(user);
  const name = userStatsName(userStatsFolder(params.region, params.day), params, partition);
  if (users.length > 0) await bucket.put(name, encodeUserStats(users));
  // A step that was given up may end behind the cleaning of a newer run.
  if (isOlder(params, await readWrittenDay(db, params))) await bucket.delete(name);
  await work.save(`top-${partition}.json`, top.list());
  return { users: users.length, events: users.reduce((sum, { events }) => sum + events, 0) };
}

const isOlder = ({ hours, generations }: DayMark, standing: DayMark | null): boolean =>
  standing !== null && (hours < standing.hours || generations < standing.generations);

async function write(
  { db, now }: DayPorts,
  work: BatchWork,
  params: DayParams,
  summed: readonly Summed[],
): Promise<number> {
  const top = new TopUsers(topUsersMax);
  for (const partition of summed.keys())
    for (const user of await work.load<UserDay[]>(`top-${partition}.json`)) top.add(user);
  return await writeDay(db, {
    ...params,
    rows: await readDayHours(db, params),
    users: summed.reduce((sum, { users }) => sum + users, 0),
    userEvents: summed.reduce((sum, { events }) => sum + events, 0),
    topUsers: top.list(),
    computedAtMs: now(),
  });
}
