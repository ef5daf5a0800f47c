/**
 * Branded numbers and strings. Only the functions here make them, so that a value of the type has passed its check.
 * Times are milliseconds since the Unix epoch (UTC) unless a name says otherwise.
 */
declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** Milliseconds since the Unix epoch, an integer. */
export type EpochMs = Branded<number, 'EpochMs'>;
/** A region's number in the registry, 1 to 65,535. Never reused. */
export type RegionNumber = Branded<number, 'RegionNumber'>;

/** An integer time in the range a JavaScript Date can hold; throws RangeError otherwise. */
export function epochMs(value: number): EpochMs {
  if (!Number.isInteger(value) || Math.abs(value) > 8.64e15)
    throw new RangeError(`not a time in ms: ${value}`);
  return value as EpochMs;
}

export function regionNumber(value: number): RegionNumber {
  if (!Number.isInteger(value) || value < 1 || value > 0xffff) throw new RangeError(`not a region: ${value}`);
  return value as RegionNumber;
}
