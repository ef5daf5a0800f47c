/** Masking of what names a person (ACC-6), for roles that may see what was done, but not by whom. */
import type { PersonRole } from './caller.ts';

/** Made when it is asked for first: making it took a tenth of an isolate's start. */
let graphemes: Intl.Segmenter | undefined;

export const masksPeople = (role: PersonRole): boolean => role === 'viewer';

/** Of `jane`, `j***`: the first character as a reader sees it. Nothing tells how long the rest is. Empty stays empty. */
export function maskText(text: string): string {
  graphemes ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  const [first] = graphemes.segment(text);
  return first === undefined ? '' : `${first.segment}***`;
}

interface NamedRow {
  readonly acknowledged_by: string | null;
  readonly history: readonly { readonly by: string | null }[];
}

/** Who acknowledged an alert, and so wrote its comment, and who closed it. */
export const namesOf = ({ acknowledged_by: by, history }: NamedRow): string[] =>
  [by, ...history.map((step) => step.by)].filter((name) => name !== null);

/** A row of an alert with the names of people masked. */
export function maskNames<Row extends NamedRow>(row: Row): Row {
  if (namesOf(row).length === 0) return row;
  const mask = (name: string | null): string | null => (name === null ? null : maskText(name));
  const history = row.history.map((step) => ({ ...step, by: mask(step.by) }));
  return { ...row, acknowledged_by: mask(row.acknowledged_by), history };
}
