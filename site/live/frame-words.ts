/** What time the numbers are of, in words. */
import { dayTimeText, hourText } from '../format/time.ts';
import type { Asked } from './asked.ts';
import type { Frame } from './frame.ts';
import type { Span } from './series.ts';

export interface FrameWords {
  /** Behind "failed", "no downloads". */
  readonly judged: string;
  readonly total: string;
  readonly rate: string;
  /** Of what is summed of the charts' cells, at the begin of a line. */
  readonly span: string;
  /** Of rankings and shares, which are of a day at most. */
  readonly breakdown: string;
  readonly charts: readonly { readonly title: string; readonly slots: string }[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const rangeWords: Readonly<Record<string, string>> = {
  '15m': 'last 15 minutes',
  '1h': 'last hour',
  '6h': 'last 6 hours',
  '24h': 'last 24 hours',
  '7d': 'last 7 days',
};

export function frameWords({ kind, endMs, spans }: Frame, { range }: Asked): FrameWords {
  const last = spans.at(-1) as Span;
  if (spans.length === 2) {
    const end = endMs === null ? null : hourText(endMs);
    return {
      judged: end === null ? 'in 5 min' : `in 5 min to ${end}`,
      total: end === null ? 'in the last hour' : `in the hour to ${end}`,
      rate: end === null ? 'over the last minute' : `over the minute to ${end}`,
      ...fiveMinutes(end),
      charts: spans.map((span) => ({
        title: end === null ? `Last ${lengthText(span)}` : `${capital(lengthText(span))} to ${end}`,
        slots: slotsText(span),
      })),
    };
  }
  const start = endMs === null ? null : endMs - last.lengthMs;
  const text =
    kind === 'range' && endMs === null
      ? range === 'today'
        ? 'today so far'
        : (rangeWords[range ?? ''] ?? 'this time')
      : `${dayTimeText(start ?? 0)} to ${dayTimeText(endMs ?? 0)}`;
  const isShort = last.lengthMs <= dayMs;
  return {
    judged: inText(text),
    total: inText(text),
    rate: `mean, ${text}`,
    span: capital(text),
    breakdown: isShort ? capital(text) : endMs === null ? 'Last 24 hours' : 'Last 24 hours of it',
    charts: [{ title: capital(text), slots: slotsText(last) }],
  };
}

function fiveMinutes(end: string | null) {
  const span = end === null ? 'Last 5 minutes' : `5 minutes to ${end}`;
  return { span, breakdown: span };
}

const inText = (text: string): string =>
  text.startsWith('last') ? `in the ${text}` : text.startsWith('today') ? text : 'in this time';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function lengthText({ lengthMs }: Span): string {
  return lengthMs === hourMs ? 'hour' : `${lengthMs / 60_000} minutes`;
}

function slotsText({ slotMs }: Span): string {
  if (slotMs < 60_000) return `by ${slotMs / 1000} s`;
  if (slotMs === 60_000) return 'by minute';
  return slotMs === hourMs ? 'by hour' : `by ${slotMs / 60_000} min`;
}

/** "3 h ago" */
export function agoText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return `${minutes}\u202fmin ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}\u202fh ago` : `${Math.floor(hours / 24)}\u202fd ago`;
}

/** In mid-sentence; names of months stay as they are. */
export const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
