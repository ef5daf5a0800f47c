/** What happened in a session, as the lake has it. */
import type { LakeRows } from '../../../core/lake/lake-rows.ts';
import { timelineEventsMax, timelinePartsMax } from '../../../core/protocol/analytics-limits.ts';
import type { TextColumn } from '../../../core/protocol/chunk.ts';
import type { NullableColumnName } from '../../../core/protocol/chunk-columns.ts';
import { eventTypes } from '../../../core/protocol/event-type.ts';
import { errorFields } from '../../../core/protocol/log-line.ts';
import type { SessionDetail } from '../../../storage/analytics/session-rows.ts';
import { PartError } from '../../../storage/lake/part-error.ts';
import { r2PartSource } from '../../../storage/lake/part-source.ts';
import { readPart } from '../../../storage/lake/read-part.ts';
import { listParts } from '../../../storage/part-store.ts';
import type { Env } from '../../env.ts';
import { isoTime } from '../figures.ts';
import { logForRequest } from '../request-scope.ts';
import type { AnswerRow } from './analytics-route.ts';

interface Timeline {
  readonly timeline: readonly AnswerRow[];
  /** Why it is not whole. */
  readonly warnings: readonly string[];
}

const hourMs = 3_600_000;
/** `s-REGION-SESSION-...`, as stitching makes it. */
const stitched = /^s-\d+-([0-9a-f]{8})([0-9a-f]{8})-/;

const fields = [
  'timeMs',
  'type',
  'identity',
  'session',
  'contentId',
  'durationMs',
  'completionMilli',
  'ratingMilli',
  'bufferingCount',
  'quality',
  'errorCode',
] as const;

/** From the first to the last of its events that tell of watching; each once, though it came twice. */
export async function readTimeline(env: Pick<Env, 'DB' | 'LAKE'>, session: SessionDetail): Promise<Timeline> {
  const { sourceId, regionNumber, startMs, endMs } = session;
  const [, hi, lo] = stitched.exec(sourceId) ?? [];
  if (hi === undefined || lo === undefined || regionNumber === null)
    return { timeline: [], warnings: ['An imported session has no events.'] };
  const hours = [Math.floor(startMs / hourMs), Math.floor(endMs / hourMs) + 1] as const;
  const listed = await listParts(env.DB, regionNumber, ...hours);
  const parts = listed.filter(({ fromMs, toMs }) => fromMs <= endMs && toMs >= startMs);
  const warnings =
    parts.length > timelinePartsMax ? ['It lies in too many parts of the lake: some are left out.'] : [];
  const found = new Map<string, readonly [atMs: number, row: AnswerRow]>();
  const wanted: Wanted = { hi: Number.parseInt(hi, 16), lo: Number.parseInt(lo, 16), session };
  try {
    for (const { name } of parts.slice(0, timelinePartsMax)) {
      const filter = { fromMs: startMs, toMs: endMs + 1 };
      for await (const rows of readPart(r2PartSource(env.LAKE, name), fields, filter))
        collect(rows, wanted, found);
    }
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    logForRequest('warn', 'timeline_unread', errorFields(error));
    warnings.push('A part of the lake cannot be read: its events are left out.');
  }
  if (found.size === 0) warnings.push('The events of this session are not kept any more, or not sealed yet.');
  const ordered = [...found.values()].sort(([a], [b]) => a - b).map(([, row]) => row);
  if (ordered.length > timelineEventsMax)
    warnings.push(`Only the first ${timelineEventsMax} events are shown.`);
  return { timeline: ordered.slice(0, timelineEventsMax), warnings };
}

interface Wanted {
  readonly hi: number;
  readonly lo: number;
  readonly session: SessionDetail;
}

function collect(
  { count, columns }: LakeRows,
  { hi, lo, session: { startMs, endMs, contentId } }: Wanted,
  into: Map<string, readonly [number, AnswerRow]>,
): void {
  const { session, identity, timeMs } = columns;
  for (let i = 0; i < count; i++) {
    if (session.hi[i] !== hi || session.lo[i] !== lo) continue;
    const at = timeMs[i] as number;
    if (at < startMs || at > endMs || textAt(columns.contentId, i) !== contentId) continue;
    const told = (name: NullableColumnName, scale: number): number | null => {
      const stored = columns[name][i] as number;
      return stored === 0 ? null : (stored - 1) / scale;
    };
    const row = {
      at: isoTime(at),
      event_type: eventTypes[columns.type[i] as number],
      duration_seconds: told('durationMs', 1000),
      completion_percentage: told('completionMilli', 10),
      rating: told('ratingMilli', 1000),
      buffering_count: told('bufferingCount', 1),
      quality: textAt(columns.quality, i),
      error_code: textAt(columns.errorCode, i),
    };
    into.set(`${identity.hi[i]}-${identity.lo[i]}`, [at, row]);
  }
}

const textAt = ({ texts, codes }: TextColumn, i: number): string | null =>
  texts[(codes[i] as number) - 1] ?? null;
