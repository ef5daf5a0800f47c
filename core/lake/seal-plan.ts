import type { PartKind } from './lake-rows.ts';
import { type PartAddress, partName } from './part-name.ts';

/** One part that a plan makes. */
export interface PlannedPart {
  /** Whole hours since the Unix epoch. */
  readonly hour: number;
  readonly kind: PartKind;
}

/**
 * What a shard has decided to seal (LAK-1). It is stored before the first PUT and carried out as it stands, however
 * often the object dies: its parts have the same names and the same content each time.
 */
export interface SealPlan {
  /** Name of the region, as it was then: the names of the parts hold it. */
  readonly region: string;
  readonly shard: number;
  readonly incarnation: number;
  /** Log rows, both inclusive. */
  readonly firstRow: number;
  readonly lastRow: number;
  /** At most sealPartsMax, in order of hour and kind. None where the rows hold duplicates alone. */
  readonly parts: readonly PlannedPart[];
  /** Parts of the same rows that plans before have made, and that plans to come will: one row may need many. */
  readonly partsBefore: number;
  readonly partsAfter: number;
  /** Events of the log up to its last row, duplicates included. */
  readonly loggedThrough: number;
  /** partFormatVersion of the time: a newer encoder carries out an older plan as it was meant, or says that it cannot. */
  readonly formatVersion: number;
}

/** What a shard keeps of its sealing. */
export interface SealState {
  /** The last log row of which every event is in the lake; -1 for none. */
  readonly throughRow: number;
  /** Events of the log up to that row, duplicates included. */
  readonly loggedThrough: number;
  /** Parts of the next row that are made already: one row may need more than a plan has. */
  readonly partsDone: number;
  /** The plan that is being carried out. */
  readonly plan: SealPlan | null;
}

export const nothingSealed: SealState = { throughRow: -1, loggedThrough: 0, partsDone: 0, plan: null };

export function addressOfPart(plan: SealPlan, { hour, kind }: PlannedPart): PartAddress {
  const { region, shard, incarnation, firstRow, lastRow } = plan;
  return { region, shard, incarnation, firstRow, lastRow, hour, kind };
}

export function namesOfParts(plan: SealPlan): string[] {
  return plan.parts.map((part) => partName(addressOfPart(plan, part)));
}

/** Plans of the same rows and parts are the same plan. */
export function isSamePlan(
  a: Pick<SealPlan, 'firstRow' | 'lastRow' | 'partsBefore'>,
  b: Pick<SealPlan, 'firstRow' | 'lastRow' | 'partsBefore'>,
): boolean {
  return a.firstRow === b.firstRow && a.lastRow === b.lastRow && a.partsBefore === b.partsBefore;
}
