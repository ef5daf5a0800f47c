/**
 * The sessions of an hour of a region, put together from its parts and from what the hour before left open (SES-3), in
 * steps that are bounded whatever its size: each cuts the records of some events into partitions by session, and each
 * partition is then put together by itself. A step that is done again does the same.
 */
import { type EventGroup, groupsOf } from '../../core/batch/event-groups.ts';
import { SessionEvents, sessionAdder, sessionFields } from '../../core/warehouse/session-events.ts';
import type { SessionHour, SessionMark } from '../../core/warehouse/session-hour.ts';
import { partitionOf } from '../../core/warehouse/session-partition.ts';
import { joinDigests } from '../../core/warehouse/stitched-row.ts';
import { BatchWork } from '../../storage/batch-work.ts';
import { listParts } from '../../storage/part-store.ts';
import { refreshAggregates, refreshMovies } from '../../storage/warehouse/refresh.ts';
import { clearHour, listHour } from '../../storage/warehouse/session-clear.ts';
import { dayOfFile, isSessionsFile, openName } from '../../storage/warehouse/session-files.ts';
import {
  type Carry,
  claimHour,
  readDoneHour,
  type SessionParams,
  writeDoneHour,
} from '../../storage/warehouse/session-hours.ts';
import type { Steps } from './day-run.ts';
import { type ReadPart, recordsOf } from './group-events.ts';
import { joined, type Piece, type Stitching, stitchPartition } from './session-partition.ts';

export interface SessionPorts {
  readonly db: D1Database;
  readonly bucket: R2Bucket;
  readonly read: ReadPart;
  readonly now: () => number;
  /** Events of one step: sessionStepEventsMax but in tests. */
  readonly stepEvents: number;
  /** Of whose sessions D1 gets rows: of one user in so many, 1 for all. */
  readonly usersOneIn: number;
}

export interface SessionPlan {
  readonly groups: readonly EventGroup[];
  readonly partitions: number;
  readonly carry: Carry | null;
  /** What R2 had of the hour when it was taken. */
  readonly filesBefore: readonly string[];
  readonly isAgain: boolean;
  /** Epoch days of the sessions that D1 had of it; a plan of an older version does not tell. */
  readonly daysBefore?: readonly number[];
}

export const sessionRunId = ({
  regionNumber,
  hour,
  generation,
  carryIn,
}: SessionHour & SessionMark): string =>
  `sessions-${regionNumber}-${hour}-${generation}-${carryIn || 'none'}`;

const sessionRecords = {
  columns: sessionFields,
  create: (capacity: number) => new SessionEvents(capacity),
  adder: sessionAdder,
} as const;

/** `passed`: the hour is made of something else by now, or another run has it. */
export async function runSessions(
  ports: SessionPorts,
  steps: Steps,
  params: SessionParams,
): Promise<'done' | 'passed'> {
  const work = new BatchWork(ports.bucket, sessionRunId(params));
  const plan = await steps.do('plan', async () => await planHour(ports, work, params));
  if (plan === null) return 'passed';
  const pieces: Piece[][] = [];
  for (let at = 0; at < plan.groups; at++)
    pieces.push(await steps.do(`records ${at}`, async () => await makeRecords(ports, work, at)));
  const stitched: Stitching[] = [];
  for (let at = 0; at < plan.partitions; at++)
    stitched.push(
      await steps.do(`stitch ${at}`, async () => await stitchPartition(ports, work, params, at, pieces)),
    );
  await steps.do('refresh', async () => await refresh(ports, work, stitched));
  const isDone = await steps.do('write', async () => await write(ports, params, stitched));
  await steps.do('clear', async () => {
    const { filesBefore } = await work.load<SessionPlan>('plan.json');
    const own = isDone ? [] : stitched.flatMap(({ files }, at) => [...files, openName(params, params, at)]);
    const standing = await readDoneHour(ports.db, params);
    await clearHour(ports.bucket, params, standing, [...filesBefore, ...own]);
    await work.clear();
    return null;
  });
  return isDone ? 'done' : 'passed';
}

/** Takes the hour, and notes the plan. */
async function planHour(
  { db, bucket, stepEvents, now }: SessionPorts,
  work: BatchWork,
  params: SessionParams,
): Promise<{ readonly groups: number; readonly partitions: number } | null> {
  const claimed = await claimHour(db, params, params, now());
  if (!claimed) return null;
  const listed = await listParts(db, params.regionNumber, params.hour, params.hour + 1);
  const groups = groupsOf(listed, stepEvents);
  const events = groups.reduce((sum, group) => sum + group.events, 0);
  const partitions = Math.max(1, Math.ceil(events / stepEvents));
  const { carry, files, days } = claimed;
  const filesBefore = await listHour(bucket, params, files);
  // Also of a run that did not come to its end.
  const isAgain = claimed.isAgain || days.length + filesBefore.length > 0;
  const plan: SessionPlan = { groups, partitions, carry, filesBefore, isAgain, daysBefore: days };
  await work.save('plan.json', plan);
  return { groups: groups.length, partitions };
}

/** Makes the records of a group, and returns where those of each partition lie. */
async function makeRecords(ports: SessionPorts, work: BatchWork, at: number): Promise<Piece[]> {
  const { groups, partitions } = await work.load<SessionPlan>('plan.json');
  const events = await recordsOf(ports.read, groups[at] as EventGroup, sessionRecords);
  const places = Array.from({ length: partitions }, (): number[] => []);
  for (let i = 0; i < events.count; i++)
    places[partitionOf(events.words.sessionHi[i] as number, partitions)]?.push(i);
  const texts = places.map((own) => events.toBytes(Uint32Array.from(own)));
  await work.saveBytes(`records-${at}`, joined(texts));
  let offset = 0;
  return texts.map(({ length }, partition): Piece => {
    offset += length;
    return { offset: offset - length, length, events: places[partition]?.length ?? 0 };
  });
}

/** Of the days in which they begin or began, and of the films. */
async function refresh({ db }: SessionPorts, work: BatchWork, stitched: readonly Stitching[]): Promise<null> {
  const { filesBefore, isAgain, daysBefore = [] } = await work.load<SessionPlan>('plan.json');
  const files = [...filesBefore, ...stitched.flatMap((one) => one.files)].filter(isSessionsFile);
  const days = [...daysBefore, ...files.map(dayOfFile)];
  if (days.length === 0) return null;
  await refreshAggregates(db, { fromDay: Math.min(...days), toDay: Math.max(...days) + 1 });
  // Of an hour that is put together again, films may have lost sessions of which nothing is left to tell.
  const films = new Set<string>();
  for (const at of isAgain ? [] : stitched.keys())
    for (const film of await work.load<string[]>(`films-${at}.json`)) films.add(film);
  await refreshMovies(db, isAgain ? 'all' : [...films]);
  return null;
}

async function write(
  { db, now }: SessionPorts,
  params: SessionParams,
  stitched: readonly Stitching[],
): Promise<boolean> {
  const sum = (of: (one: Stitching) => number): number => stitched.reduce((all, one) => all + of(one), 0);
  const done = {
    ...params,
    carryOut: joinDigests(stitched.map(({ digest }) => digest)),
    carryFiles: stitched.length,
    events: sum(({ events }) => events),
    sessions: sum(({ sessions }) => sessions),
    files: stitched.flatMap(({ files }) => files),
  };
  return await writeDoneHour(db, done, now());
}
