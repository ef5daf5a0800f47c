/** What people note beside the figures (ANN-1), as the service gives it, and where it stands on a time axis. */
import type { AnnotationVisibility } from '../../core/annotation/annotation.ts';
import { passes, type ValueList } from '../filter/value-list.ts';
import * as say from '../text/annotations.ts';

export interface AnnotationRow {
  readonly id: string;
  readonly version: number;
  /** ISO times; `until` is null for a point in time. */
  readonly at: string;
  readonly until: string | null;
  readonly text: string;
  readonly tags: readonly string[];
  /** Null for what is of none. */
  readonly region: string | null;
  readonly visibility: AnnotationVisibility;
  readonly author: string;
  readonly mine: boolean;
}

/** One flag: those that would cover each other share it. */
export interface Flag {
  readonly rows: readonly AnnotationRow[];
  /** From the left edge of the plot, CSS pixels; the width of a span, 0 for points in time. */
  readonly left: number;
  readonly width: number;
}

/** Of a time axis: its ends, ms, and its width in CSS pixels. */
interface Axis {
  readonly min: number;
  readonly max: number;
  readonly width: number;
}

/** As wide as a target has to be, CSS pixels. */
const flagWidth = 24;

/** Of the regions that a page's filter leaves, all of them where it is null; and what is of none. */
export const ofRegions = (
  rows: readonly AnnotationRow[],
  filter: ValueList | null,
): readonly AnnotationRow[] => rows.filter(({ region }) => region === null || passes(filter, region));

/** Those that lie in [from, until) or reach into it, oldest first. `place`: where a time stands on the axis. */
export function annotationsWithin(
  rows: readonly AnnotationRow[],
  from: number,
  until: number,
  place: (ms: number) => number = same,
): AnnotationRow[] {
  return rows
    .filter((row) => placed(row.at, place) < until && endOf(row, place) >= from)
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

/** By what lies between them, not by where they stand now: so flags do not part and meet while a chart slides. */
export function flagsOf(
  rows: readonly AnnotationRow[],
  { min, max, width }: Axis,
  place: (ms: number) => number = same,
): Flag[] {
  const perMs = width / (max - min);
  const groups: AnnotationRow[][] = [];
  for (const row of annotationsWithin(rows, min, max + 1, place)) {
    const group = groups.at(-1);
    const first = group?.[0];
    if (first && (placed(row.at, place) - placed(first.at, place)) * perMs < flagWidth) group.push(row);
    else groups.push([row]);
  }
  return groups.map((group) => {
    const from = Math.max(min, placed(group[0]?.at ?? '', place));
    const until = Math.min(max, Math.max(...group.map((row) => endOf(row, place))));
    return { rows: group, left: (from - min) * perMs, width: Math.max(0, until - from) * perMs };
  });
}

const same = (ms: number): number => ms;
const placed = (at: string, place: (ms: number) => number): number => place(Date.parse(at));
const endOf = (row: AnnotationRow, place: (ms: number) => number): number =>
  placed(row.until ?? row.at, place);

/** What a screen reader hears of it, and what a table has in its cell. */
export const annotationText = ({ text, region, visibility }: AnnotationRow): string =>
  [text, region, visibility === 'personal' && say.yoursAloneInList].filter(Boolean).join(', ');

/** As the service takes it, from the fields of the form. `isoTime`: of a local time. */
export function annotationBody(form: FormData, isoTime: (local: string) => string): Record<string, unknown> {
  const text = (name: string): string => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    // What is no time is left to the service to refuse, with its words.
    at: isoTime(text('at')) || text('at'),
    until: text('until') === '' ? null : isoTime(text('until')),
    text: text('text'),
    tags: text('tags')
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
    region: text('region') || null,
    visibility: text('visibility'),
  };
}
