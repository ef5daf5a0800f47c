/** What one POST, commit, window and so on costs in operations: a counted run, divided by how many it had of each. */
import { type Operation, type Operations, operations } from './operations.ts';

export const workUnits = [
  'post',
  /** A second in which a door of a key asks its meter. */
  'lease',
  /** A minute in which a door notes that a key is used, or reads it anew. */
  'keyMinute',
  /** 64 KB of a message. */
  'queuePiece',
  'batch',
  /** A batch in a shard. */
  'commit',
  /** A minute of a shard. */
  'window',
  'part',
  'regionHour',
  /** 100,000 events of an hour, or the hour where it has fewer. */
  'batchStep',
  /** A film in an hour of a region. */
  'filmHour',
  'regionDay',
  'session',
  /** A user or a film that was never seen before. */
  'newcomer',
  /** Five minutes of crons. */
  'look',
] as const;
export type WorkUnit = (typeof workUnits)[number];
export type UnitCosts = Readonly<Record<WorkUnit, Operations>>;

/** Of counts' names (`OPERATION WHERE`), the first that fits. */
const owners: readonly (readonly [RegExp, WorkUnit])[] = [
  [/KeyMeter/, 'lease'],
  [/ingest_keys/, 'keyMinute'],
  [/POST/, 'post'],
  [/queue (write|read)/, 'queuePiece'],
  [/queue batch/, 'batch'],
  [/RegionWindow\.receive|(insert|update|delete|replace) log\b/, 'commit'],
  [/sealHour|LakeSealer insert/, 'regionHour'],
  [/LakeSealer|keepSealPlan|logPage|sealed|sealStanding|select log|shard_accounts|lake\/events/, 'part'],
  [/(insert|delete) lake_parts/, 'part'],
  [/(Written|Read) d1 \w+ viewing_sessions/, 'session'],
  [/insert (users|movies)/, 'newcomer'],
  [/update movies/, 'filmHour'],
  [/lake\/work/, 'batchStep'],
  [/DayBatch|region_days|batch_days|merged_days|content_days|user_stats|alerts/, 'regionDay'],
  [
    /HourBatch|SessionBatch|batch_hours|session_hours|region_hours|merged_hours|_analytics|open_sittings/,
    'regionHour',
  ],
  [/batch_runs|viewing_sessions/, 'regionHour'],
  [/(insert|delete) region_windows|RegionWindow(\.alarm| alarm| replace| select)/, 'window'],
  [/cron|doors|door_holes|select|settings|delete|r2 (list|get)/, 'look'],
];

/** Null where no unit owns it. */
export const ownerOf = (name: string): WorkUnit | null =>
  owners.find(([pattern]) => pattern.test(name))?.[1] ?? null;

/** Throws on a count that no unit owns: a new operation is to be given one. */
export function unitCostsOf(
  counts: Readonly<Record<string, number>>,
  had: Readonly<Record<WorkUnit, number>>,
): UnitCosts {
  const sums = Object.fromEntries(
    workUnits.map((unit) => [unit, {} as Partial<Record<Operation, number>>]),
  ) as Record<WorkUnit, Partial<Record<Operation, number>>>;
  for (const [name, value] of Object.entries(counts)) {
    const [operation = ''] = name.split(' ', 1);
    const unit = ownerOf(name);
    if (unit === null || !isOperation(operation)) throw new Error(`nothing owns the operations "${name}"`);
    const own = sums[unit];
    own[operation] = (own[operation] ?? 0) + value / Math.max(1, had[unit]);
  }
  return sums;
}

const isOperation = (name: string): name is Operation => (operations as readonly string[]).includes(name);
