/** Lists of values as addresses and the service have them: `A,B` is one of them, `!A` none of them; quoted as in CSV. */
export interface ValueList {
  readonly values: readonly string[];
  /** None of the values, not one of them. */
  readonly isNot: boolean;
}

/** Null where there is no value in it. */
export function valueListOf(text: string | undefined): ValueList | null {
  const isNot = text?.startsWith('!') === true;
  const cells = (text ?? '').slice(Number(isNot)).matchAll(/"((?:[^"]|"")*)"|[^,]+/g);
  const values = [...cells].map(([cell, quoted]) => quoted?.replaceAll('""', '"') ?? cell);
  return values.length === 0 ? null : { values, isNot };
}

/** Quoted where a value needs it. */
export const valueText = (values: readonly string[], isNot: boolean): string =>
  (isNot ? '!' : '') +
  values.map((value) => (/[",!]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)).join(',');

/**
 * The list after a press on a value: it is looked at alone; where some are left out already, or where it is `added`,
 * it comes to the others. What is in it already is taken out, where `isTakenBack`. Null where nothing is left.
 */
export function withPressed(
  text: string | undefined,
  value: string,
  { isAdded = false, isTakenBack = false } = {},
): string | null {
  const { values, isNot } = valueListOf(text) ?? { values: [], isNot: false };
  if (isTakenBack && values.includes(value)) {
    const left = values.filter((other) => other !== value);
    return left.length === 0 ? null : valueText(left, isNot);
  }
  return valueText(isNot || isAdded ? [...new Set([...values, value])] : [value], isNot);
}

export const passes = (list: ValueList | null, value: string): boolean =>
  list === null || list.values.includes(value) !== list.isNot;

export interface Filter<Name extends string> extends ValueList {
  readonly name: Name;
}

/** Of the fields of an address those that `words` names, in the order in which they were chosen. */
export function filtersAmong<Name extends string>(
  asked: Readonly<Record<string, string>>,
  words: Readonly<Record<Name, string>>,
): Filter<Name>[] {
  return Object.entries(asked).flatMap(([field, text]) => {
    const list = field in words ? valueListOf(text) : null;
    return list ? [{ name: field as Name, ...list }] : [];
  });
}
