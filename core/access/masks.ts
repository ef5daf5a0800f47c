/** Masking of what names a person (ACC-6), for roles that may see what was done, but not by whom. */
import type { PersonRole } from './caller.ts';

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

export const masksPeople = (role: PersonRole): boolean => role === 'viewer';

/** Of `jane`, `j***`: the first character as a reader sees it. Nothing tells how long the rest is. Empty stays empty. */
export function maskText(text: string): string {
  const [first] = graphemes.segment(text);
  return first === undefined ? '' : `${first.segment}***`;
}

/** A row of an alert with who acknowledged it, and so wrote its comment, masked. */
export function maskAcknowledgement<Row extends { readonly acknowledged_by: string | null }>(row: Row): Row {
  return row.acknowledged_by === null ? row : { ...row, acknowledged_by: maskText(row.acknowledged_by) };
}
