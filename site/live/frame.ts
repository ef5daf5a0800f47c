/** What time the page shows, how finely, and what has to be asked for it: pure functions of what it is asked to show. */
import { breakdownMinutes, liveMinutesMs, livePanesMs, windowMs } from '../../core/protocol/limits.ts';
import { midnightIn } from '../format/zone.ts';
import { type Asked, filtersOf, keyFilterOf, onlyRegion, rangeMinutes } from './asked.ts';
import { judgedMs } from './region-summary.ts';
import { minuteSpan, paneSpan, type Span } from './series.ts';

export interface Frame {
  /** `past`: a minute as it was; `range`: from one time to another, the last of which may be now. */
  readonly kind: 'live' | 'past' | 'range';
  /** End of what is shown, ms; null where it goes with the time. */
  readonly endMs: number | null;
  /** Of the charts, the finest first. */
  readonly spans: readonly [Span] | readonly [Span, Span];
  /** The cells that the last minutes are summed of. */
  readonly grain: Span;
  /** Over how long things are summed, ms: what is judged, what is totalled, and rates. */
  readonly judgedMs: number;
  readonly totalMs: number;
  readonly rateMs: number;
  /** Of some devices, types or contents alone. */
  readonly isPart: boolean;
  /** Null where the socket tells all of it. */
  readonly question: Question | null;
}

/** What is asked over HTTP. */
export interface Question {
  /** Of the picture. */
  readonly search: string;
  /** Of its end alone, which is asked again and again; null where all of it is. */
  readonly tail: string | null;
  /** Null for what changes no more. */
  readonly everyMs: number | null;
  /** Of the alerts; null where the socket tells them. */
  readonly alerts: string | null;
  /** Cells come by the socket, and only the breakdown is asked for. */
  readonly isBreakdownOnly: boolean;
}

const dayMs = 86_400_000;
/** What is older is told by hours. */
const minutesKeptMs = 7 * dayMs;
/** Late events change no older minutes, and a breakdown is of ten. */
const tailMinutes = 12;
const alertsMax = '200';
/** Of longer ranges the last day is broken down. */
const breakdownMinutesMax = 1440;

const quarter: Span = { ...minuteSpan, lengthMs: livePanesMs };

/** What the page begins with, and what its headline is of as long as it shows now. */
export const liveFrame: Frame = {
  ...minuteFrame(true),
  kind: 'live',
  endMs: null,
  isPart: false,
  question: null,
};

/** The time that the past is called by: the minute that is shown, or the end of a range; null for now. */
export const stampOf = ({ kind, endMs, spans }: Frame): number | null =>
  endMs !== null && kind === 'past' && spans.length === 2 ? endMs - windowMs : endMs;

/** `nowMs`: to the minute, by which "today" grows. */
export function frameOf(asked: Asked, nowMs: number): Frame {
  const { at, range, from, to } = asked;
  if (at !== undefined) return pastFrame(asked, Date.parse(at), nowMs);
  if (from !== undefined && to !== undefined)
    return rangeFrame(asked, Date.parse(from), Date.parse(to), nowMs);
  if (range !== undefined) return rangeFrame(asked, nowMs - rangeMs(asked, range, nowMs), null, nowMs);
  const key = keyFilterOf(asked);
  const isBySocket = !key && (asked.region === undefined || onlyRegion(asked) !== null);
  const tail = searchOf(asked, { minutes: tailMinutes });
  if (isBySocket) return liveFrame;
  return {
    ...liveFrame,
    ...minuteFrame(!key),
    isPart: key !== null,
    question: {
      search: key ? searchOf(asked, {}) : tail,
      tail,
      everyMs: 2_000,
      alerts: null,
      isBreakdownOnly: !key,
    },
  };
}

/** To the end of the open minute. */
function rangeMs({ tz = 'UTC' }: Asked, range: string, nowMs: number): number {
  if (range === 'today') return nowMs - midnightIn(tz, nowMs);
  return rangeMinutes[range as keyof typeof rangeMinutes] * windowMs;
}

function minuteFrame(hasPanes: boolean) {
  const upper = hasPanes ? paneSpan : quarter;
  return {
    spans: [upper, minuteSpan],
    grain: upper,
    judgedMs,
    totalMs: liveMinutesMs,
    rateMs: windowMs,
  } as const;
}

/** The minute that begins at `at`, as it stood at its end. What is older than minutes are kept is a day of hours. */
function pastFrame(asked: Asked, at: number, nowMs: number): Frame {
  if (at - liveMinutesMs < nowMs - minutesKeptMs) {
    const hourMs = 60 * windowMs;
    const end = Math.floor(at / hourMs) * hourMs + hourMs;
    return { ...rangeFrame(asked, end - dayMs, end, nowMs), kind: 'past' };
  }
  const end = at + windowMs;
  return {
    ...minuteFrame(!keyFilterOf(asked)),
    kind: 'past',
    endMs: end,
    isPart: keyFilterOf(asked) !== null,
    question: {
      search: searchOf(asked, { to: end }),
      tail: null,
      everyMs: null,
      alerts: alertsSearch(end, dayMs),
      isBreakdownOnly: false,
    },
  };
}

/** `to`: null for now. What has an end is rounded outward to whole steps. */
function rangeFrame(asked: Asked, from: number, to: number | null, nowMs: number): Frame {
  const stepMs = stepMinutes(((to ?? nowMs) - from) / windowMs, from < nowMs - minutesKeptMs) * windowMs;
  const last = to === null ? null : Math.ceil(to / stepMs) * stepMs;
  const first = last === null ? from : Math.floor(from / stepMs) * stepMs;
  const lengthMs = Math.max(stepMs, (last ?? nowMs) - first);
  const span: Span = { ...minuteSpan, slotMs: stepMs, lengthMs };
  const minutes = lengthMs / windowMs;
  return {
    kind: 'range',
    endMs: last,
    isPart: keyFilterOf(asked) !== null,
    spans: [span],
    grain: span,
    judgedMs: lengthMs,
    totalMs: lengthMs,
    rateMs: lengthMs,
    question: {
      search: searchOf(asked, {
        // The same words as long as the same is asked for: today grows by itself.
        ...(asked.range === 'today' ? { from: first } : { minutes }),
        step: stepMs / windowMs,
        breakdown: breakdownMinutesMax,
        ...(last === null ? {} : { to: last }),
      }),
      tail: null,
      everyMs: last !== null ? null : minutes > 120 ? 30_000 : 5_000,
      alerts: alertsSearch(last, Math.min(asked.range === 'today' ? dayMs : lengthMs, dayMs)),
      isBreakdownOnly: false,
    },
  };
}

/** Up to some 180 slots: a chart on a phone has two pixels for each. */
function stepMinutes(minutes: number, isOld: boolean): number {
  if (isOld) return 60;
  return [1, 2, 5, 10, 20, 30].find((step) => minutes / step <= 180) ?? 60;
}

interface PictureWords {
  /** In place of minutes. */
  readonly from?: number;
  readonly minutes?: number;
  readonly to?: number;
  readonly step?: number;
  readonly breakdown?: number;
}

function searchOf(asked: Asked, words: PictureWords): string {
  const { minutes = liveMinutesMs / windowMs, step = 1, breakdown = breakdownMinutes, from, to } = words;
  const search = new URLSearchParams(
    from === undefined ? { minutes: String(minutes) } : { from: new Date(from).toISOString() },
  );
  search.set('step', String(step));
  search.set('breakdown', String(breakdown));
  if (to !== undefined) search.set('to', new Date(to).toISOString());
  // The table of regions shows all of them, whichever are chosen.
  for (const { name } of filtersOf(asked))
    search.set(name === 'region' ? 'breakdown_region' : name, asked[name] ?? '');
  return `?${search}`;
}

/** A day back from the end: what has been firing for longer is on the page of alerts. */
function alertsSearch(end: number | null, lengthMs: number): string {
  const minutes = String(Math.max(60, lengthMs / windowMs));
  const search = new URLSearchParams({ minutes, limit: alertsMax });
  if (end !== null) search.set('to', new Date(end).toISOString());
  return `?${search}`;
}

/** What is asked for to be drawn beside a frame: the same of as much earlier; null where nothing is. */
export function besideQuestion(asked: Asked, frame: Frame, nowMs: number): Question | null {
  const shift = shiftOf(asked, frame, nowMs);
  if (shift === null) return null;
  const span = frame.spans.at(-1) as Span;
  const until = (frame.endMs ?? nowMs + windowMs) - shift;
  const isOld = until - span.lengthMs < nowMs - minutesKeptMs;
  const step = isOld ? Math.max(60, span.slotMs / windowMs) : span.slotMs / windowMs;
  // Whole cells: of an hour whose minutes are gone there is all or nothing.
  const end = Math.ceil(until / (step * windowMs)) * step * windowMs;
  const minutes = Math.min(minutesKeptMs / windowMs, span.lengthMs / windowMs + step);
  const search = searchOf(asked, { minutes, step, breakdown: 1, to: end });
  return { search, tail: null, everyMs: null, alerts: null, isBreakdownOnly: false };
}

/** How much earlier; null where nothing is compared. */
export function shiftOf(asked: Asked, frame: Frame, nowMs: number): number | null {
  const { compare } = asked;
  if (compare === undefined) return null;
  if (compare === 'week') return 7 * dayMs;
  const { slotMs, lengthMs } = frame.spans.at(-1) as Span;
  if (compare === 'previous') return Math.ceil(lengthMs / slotMs) * slotMs;
  const start = (frame.endMs ?? nowMs) - lengthMs;
  return Math.round((start - Date.parse(compare)) / slotMs) * slotMs;
}
