/** Reads the events of a group that count, twins left out, into records of a kind. */
import type { EventGroup } from '../../core/batch/event-groups.ts';
import { PartEvents } from '../../core/batch/part-events.ts';
import { COUNTS, TwinFinder } from '../../core/batch/twin-finder.ts';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import type { LakeColumnName } from '../../storage/lake/read-part.ts';

/** Rows of a part, the columns that are asked for. */
export type ReadPart = (name: string, wanted: readonly LakeColumnName[]) => AsyncIterable<LakeRows>;

/** What is made of events: room is set beforehand, and an adder is asked for once a row group. */
interface Kind<T> {
  readonly columns: readonly LakeColumnName[];
  readonly create: (capacity: number) => T;
  readonly adder: (rows: LakeRows, records: T) => (i: number) => void;
}

const identityColumns = ['identity', 'logRow', 'index'] as const;

export async function recordsOf<T>(read: ReadPart, group: EventGroup, kind: Kind<T>): Promise<T> {
  if (group.twins) return await recordsOfSuspects(read, group.parts, group.twins, kind);
  const records = kind.create(group.events);
  for (const name of group.parts) {
    for await (const rows of read(name, kind.columns)) {
      const add = kind.adder(rows, records);
      for (let i = 0; i < rows.count; i++) add(i);
    }
  }
  return records;
}

async function recordsOfSuspects<T>(
  read: ReadPart,
  parts: readonly string[],
  { scans, slice }: NonNullable<EventGroup['twins']>,
  kind: Kind<T>,
): Promise<T> {
  const finder = new TwinFinder(slice);
  for (const name of parts) for await (const rows of read(name, identityColumns)) finder.addSuspects(rows);
  for (const name of scans) for await (const rows of read(name, identityColumns)) finder.addCounted(rows);
  // As many as there are identities, since of twins one counts.
  const records = kind.create(finder.size);
  const columns = [...new Set([...kind.columns, ...identityColumns])];
  for (const name of parts) {
    const groups: LakeRows[] = [];
    for await (const rows of read(name, columns)) groups.push(rows);
    const part = new PartEvents(groups);
    const marks = finder.judge(part);
    const adders = groups.map((rows) => kind.adder(rows, records));
    part.inLogOrder((group, i, rank) => {
      if (marks[rank] === COUNTS) adders[group]?.(i);
    });
  }
  return records;
}
