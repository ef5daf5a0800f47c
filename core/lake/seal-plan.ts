import type { PartKind } from './lake-rows.ts';

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
  readonly incarnation: number;
  /** Log rows, both inclusive. */
  readonly firstRow: number;
  readonly lastRow: number;
  /** At most sealPartsMax, in order of hour and kind. */
  readonly parts: readonly PlannedPart[];
  /** partFormatVersion of the time: a newer encoder carries out an older plan as it was meant, or says that it cannot. */
  readonly formatVersion: number;
}
