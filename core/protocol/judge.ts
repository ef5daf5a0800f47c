/** Judges one record alone (ING-2): the walk, the schema, then what no schema can say. Pure; never throws. */
import type { AcceptedEvent } from './accepted-event.ts';
import { unparsable } from './body.ts';
import { eventSchema, type SentEvent } from './event-schema.ts';
import { eventTypes, statuses } from './event-type.ts';
import { type EpochMs, epochMs } from './ids.ts';
import { clockSkewAheadMsMax, eventTimeMsMin, extBytesMax } from './limits.ts';
import type { RegionEntry } from './region.ts';
import type { RegionDirectory } from './region-directory.ts';
import { type Reject, reject, rejectFromIssue } from './reject.ts';
import { parseTimestamp } from './timestamp.ts';
import { walkRecord } from './walk-record.ts';

export interface JudgeContext {
  readonly receivedAtMs: EpochMs;
  readonly regions: RegionDirectory;
  /** The region nearest to the request, for records without one; null where the place is unknown. */
  readonly nearest: RegionEntry | null;
  /** Names of the regions that the producer's key is limited to; null for all. */
  readonly regionScope: ReadonlySet<string> | null;
  /** The body's bytes were not valid UTF-8, so U+FFFD may stand for what was lost. */
  readonly bytesReplaced: boolean;
}

/** The columns of an accepted event that need no key. */
export type JudgedColumns = Omit<
  AcceptedEvent,
  'identityHi' | 'identityLo' | 'userHi' | 'userLo' | 'sessionHi' | 'sessionLo'
>;

export interface Judged {
  readonly ok: true;
  /** null where the record has none and its identity must be derived. */
  readonly eventId: string | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly region: RegionEntry;
  readonly regionGiven: boolean;
  readonly timeGiven: boolean;
  readonly columns: JudgedColumns;
}

/** Judges a parsed record, or the mark that parseBody leaves in the place of one it could not parse. */
export function judgeRecord(raw: unknown, context: JudgeContext): Judged | Reject {
  if (raw === unparsable) return reject('invalid_json', '', 'the record is not valid JSON');
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    return reject('not_an_object', '', 'the record is not a JSON object');
  }
  const fault = walkRecord(raw, context.bytesReplaced);
  if (fault) return fault;
  const parsed = eventSchema().safeParse(raw);
  if (!parsed.success) return rejectFromIssue(raw, parsed.error.issues[0]!);
  return judgeSent(parsed.data, (raw as { ext?: object | null }).ext ?? null, context);
}

/** `ext` comes from the record itself: the schema's copy lacks an own `__proto__`, and the text is kept as sent. */
function judgeSent(sent: SentEvent, ext: object | null, context: JudgeContext): Judged | Reject {
  const type = judgeType(sent);
  if (typeof type !== 'number') return type;
  const contentId = text(sent.content_id) ?? text(sent.movie_id) ?? text(sent.content?.content_id);
  if (contentId === null && eventTypes[type] !== 'error') {
    return reject('missing_field', '/content_id', 'content_id is missing');
  }
  const time = judgeTime(sent, context.receivedAtMs);
  if (typeof time !== 'number') return time;
  const region = judgeRegion(sent, context);
  if ('code' in region) return region;
  if (context.regionScope?.has(region.name) === false) {
    return reject('region_not_allowed', '/region', 'region is outside what the key of this request may send');
  }
  const extText = ext === null ? null : JSON.stringify(ext);
  if (extText !== null && isLongerInUtf8(extText, extBytesMax)) {
    return reject('too_long', '/ext', `ext has more than ${extBytesMax} bytes of JSON`);
  }
  return {
    ok: true,
    eventId: text(sent.event_id),
    userId: text(sent.user_id),
    sessionId: text(sent.session_id),
    region,
    regionGiven: text(sent.region) !== null,
    timeGiven: isGiven(sent.timestamp),
    columns: {
      timeMs: time,
      type,
      status: sent.status ? statuses.indexOf(sent.status) : 0,
      contentId,
      contentType: text(sent.content_type) ?? text(sent.content?.content_type),
      title: text(sent.title) ?? text(sent.content?.title),
      country: text(sent.country),
      deviceType: text(sent.device_type),
      quality: text(sent.quality),
      subscriptionType: text(sent.subscription_type),
      errorCode: text(sent.error_code),
      ext: extText,
      durationMs: quantised(sent.duration, 1000),
      completionMilli: quantised(sent.completion_rate, 1000),
      ratingMilli: quantised(sent.rating, 1000),
      bufferingCount: quantised(sent.buffering_count, 1),
      speedKbps: quantised(sent.speed_mbps, 1000),
      bytes: quantised(sent.bytes, 1),
    },
  };
}

function judgeType(sent: SentEvent): number | Reject {
  if (sent.event_type) return eventTypes.indexOf(sent.event_type);
  if (sent.status) return eventTypes.indexOf('download');
  return reject(
    'missing_field',
    '/event_type',
    'event_type is missing, and no status says that it is a download',
  );
}

function judgeTime(sent: SentEvent, receivedAtMs: EpochMs): EpochMs | Reject {
  if (!isGiven(sent.timestamp)) return receivedAtMs;
  const time = parseTimestamp(sent.timestamp);
  if (time === null) {
    const forms = 'an ISO 8601 date and time nor epoch seconds or milliseconds';
    return reject('invalid_time', '/timestamp', `timestamp is neither ${forms}`);
  }
  if (time > receivedAtMs + clockSkewAheadMsMax) {
    const minutes = clockSkewAheadMsMax / 60_000;
    return reject(
      'time_in_future',
      '/timestamp',
      `timestamp is more than ${minutes} minutes ahead of our clock`,
    );
  }
  if (time < eventTimeMsMin) return reject('time_too_old', '/timestamp', 'timestamp is before 2000-01-01');
  return epochMs(time);
}

function judgeRegion(sent: SentEvent, context: JudgeContext): RegionEntry | Reject {
  const name = text(sent.region);
  if (name !== null) {
    const { regions } = context;
    const region = regions.find(name);
    return (
      region ??
      reject('unknown_region', '/region', `region is not in the registry, which holds ${regions.examples}`)
    );
  }
  const advice = 'region is missing, and the place of the request is unknown';
  return context.nearest ?? reject('missing_region', '/region', advice);
}

/** An id or text as kept; null where it is missing, and an empty text counts as missing. */
function text(sent: string | number | null | undefined): string | null {
  if (sent === undefined || sent === null || sent === '') return null;
  return typeof sent === 'number' ? String(sent) : sent;
}

function isGiven(sent: string | number | null | undefined): sent is string | number {
  return sent !== undefined && sent !== null && sent !== '';
}

/** ING-7: integers, so that sums do not depend on order. `+ 0` turns -0, which no chunk can hold, into 0. */
function quantised(sent: number | null | undefined, scale: number): number | null {
  return sent === undefined || sent === null ? null : Math.round(sent * scale) + 0;
}

const encoder = new TextEncoder();

/** UTF-8 takes one to three bytes for a UTF-16 unit, so most texts need no encoding to be judged. */
function isLongerInUtf8(value: string, bytesMax: number): boolean {
  if (value.length * 3 <= bytesMax) return false;
  return value.length > bytesMax || encoder.encode(value).length > bytesMax;
}
