/** What time the numbers are of, in words. */
import { dayTimeText, hourText } from '../format/time.ts';
import * as say from '../text/live.ts';
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
  '15m': say.last15Minutes,
  '1h': say.lastHour,
  '6h': say.last6Hours,
  '24h': say.last24Hours,
  '7d': say.last7Days,
};

export function frameWords({ kind, endMs, spans }: Frame, { range }: Asked): FrameWords {
  const last = spans.at(-1) as Span;
  if (spans.length === 2) {
    const end = endMs === null ? null : hourText(endMs);
    return {
      judged: end === null ? say.inFiveMinutes : say.inFiveMinutesTo(end),
      total: end === null ? say.inTheLastHour : say.inTheHourTo(end),
      rate: end === null ? say.overTheLastMinute : say.overTheMinuteTo(end),
      ...fiveMinutes(end),
      charts: spans.map((span) => ({
        title: end === null ? say.last(lengthText(span)) : say.range(capital(lengthText(span)), end),
        slots: slotsText(span),
      })),
    };
  }
  const start = endMs === null ? null : endMs - last.lengthMs;
  const text =
    kind === 'range' && endMs === null
      ? range === 'today'
        ? say.todaySoFar
        : (rangeWords[range ?? ''] ?? say.thisTime)
      : say.range(dayTimeText(start ?? 0), dayTimeText(endMs ?? 0));
  const isShort = last.lengthMs <= dayMs;
  return {
    judged: inText(text),
    total: inText(text),
    rate: say.mean(text),
    span: capital(text),
    breakdown: isShort ? capital(text) : endMs === null ? say.lastDay : say.lastDayOfIt,
    charts: [{ title: capital(text), slots: slotsText(last) }],
  };
}

function fiveMinutes(end: string | null) {
  const span = end === null ? say.last5Minutes : say.fiveMinutesTo(end);
  return { span, breakdown: span };
}

const inText = (text: string): string =>
  text.startsWith('last') ? say.inThe(text) : text.startsWith('today') ? text : say.inThisTime;

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function lengthText({ lengthMs }: Span): string {
  return lengthMs === hourMs ? 'hour' : say.minutes(lengthMs / 60_000);
}

function slotsText({ slotMs }: Span): string {
  if (slotMs < 60_000) return say.bySeconds(slotMs / 1000);
  if (slotMs === 60_000) return say.byMinute;
  return slotMs === hourMs ? say.byHour : say.byMinutes(slotMs / 60_000);
}

/** "3 h ago" */
export function agoText(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 60) return say.minutesAgo(minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? say.hoursAgo(hours) : say.daysAgo(Math.floor(hours / 24));
}

/** In mid-sentence; names of months stay as they are. */
export const lowered = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
