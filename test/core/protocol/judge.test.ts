import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unparsable } from '../../../core/protocol/body.ts';
import { type JudgeContext, type Judged, judgeRecord } from '../../../core/protocol/judge.ts';
import * as limits from '../../../core/protocol/limits.ts';
import type { Reject } from '../../../core/protocol/reject.ts';
import numericIds from '../../support/fixtures/numeric-ids.json';
import seed002 from '../../support/fixtures/seed-002-events.json';
import seed004 from '../../support/fixtures/seed-004-download.json';
import withoutId from '../../support/fixtures/without-id.json';
import withoutRegion from '../../support/fixtures/without-region.json';
import withoutTime from '../../support/fixtures/without-time.json';
import { california, london, nowMs, testContext, view } from '../../support/judge-context.ts';

function judged(raw: unknown, context: JudgeContext = testContext()): Judged {
  const verdict = judgeRecord(raw, context);
  if (!verdict.ok) throw new Error(`${verdict.code} ${verdict.pointer} ${verdict.message}`);
  return verdict;
}

function rejected(raw: unknown, context: JudgeContext = testContext()): Reject {
  const verdict = judgeRecord(raw, context);
  if (verdict.ok) throw new Error('it was accepted');
  return verdict;
}

const codeAt = (raw: unknown, context?: JudgeContext) => {
  const { code, pointer } = rejected(raw, context);
  return `${code} ${pointer}`;
};

/** Nested objects: the outermost is level 1. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = { a: value };
  return value;
}

describe("the seeds' records are accepted as they are", () => {
  test.each(seed002)('$event_type of seed 002', (record) => {
    const { columns, region, eventId, userId } = judged(record);
    expect({ region, eventId, userId }).toEqual({ region: london, eventId: record.event_id, userId: '123' });
    expect(columns).toMatchObject({
      timeMs: Date.UTC(2024, 0, 1, 12),
      type: { view: 0, pause: 1, resume: 2, complete: 4, rating: 5 }[record.event_type],
      contentId: '456',
      durationMs: 3_600_000,
      ratingMilli: 5000,
    });
  });

  test('the download of seed 004: nested content, no event_type', () => {
    const { columns, region } = judged(seed004);
    expect(region).toBe(california);
    expect(columns).toMatchObject({
      type: 6,
      status: 1,
      contentId: 'mov_avengers_2',
      title: 'Avengers 2',
      contentType: 'movie',
      speedKbps: 35_600,
      bytes: 734_003_200,
      deviceType: 'iPhone',
      timeMs: Date.UTC(2025, 9, 31, 19, 15, 23, 456),
    });
  });

  test('numeric ids become decimal texts', () => {
    const { eventId, userId, sessionId, columns } = judged(numericIds);
    expect([eventId, userId, sessionId]).toEqual(['9007199254740991', '0', '-7']);
    expect(columns.contentId).toBe('456');
  });

  test('without region, id, time: completed, and marked as such', () => {
    expect(judged(withoutRegion)).toMatchObject({ region: london, regionGiven: false, timeGiven: true });
    expect(judged(withoutId)).toMatchObject({ eventId: null, regionGiven: true });
    expect(judged(withoutTime)).toMatchObject({ timeGiven: false, columns: { timeMs: nowMs } });
  });

  test('null and the empty text count as missing; the flat name wins over movie_id, that over content', () => {
    const blank = judged(
      view({ user_id: '', title: null, region: '', timestamp: '', event_id: '', rating: null }),
    );
    expect(blank).toMatchObject({ userId: null, eventId: null, regionGiven: false, timeGiven: false });
    expect(blank.columns).toMatchObject({ title: null, ratingMilli: null });
    const content = { content_id: 'nested' };
    expect(judged(view({ movie_id: 'm', content })).columns.contentId).toBe('c-1');
    expect(judged(view({ content_id: '', movie_id: 'm', content })).columns.contentId).toBe('m');
    expect(judged(view({ content_id: null, content })).columns.contentId).toBe('nested');
  });

  test('only an error may lack its content; error codes may be numbers', () => {
    expect(judged(view({ event_type: 'error', content_id: null, error_code: 3016 })).columns).toMatchObject({
      contentId: null,
      errorCode: '3016',
    });
    expect(codeAt(view({ content_id: null }))).toBe('missing_field /content_id');
  });

  test('ext is kept as its JSON text, __proto__ and all, and pollutes nothing', () => {
    const raw: unknown = JSON.parse(
      '{"event_type":"view","content_id":"c","ext":{"__proto__":{"polluted":1},"b":[1,"ä"]}}',
    );
    expect(judged(raw).columns.ext).toBe('{"__proto__":{"polluted":1},"b":[1,"ä"]}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('[ING-2] a bad record gets a code and a pointer', () => {
  test.each<[string, unknown]>([
    ['invalid_json ', unparsable],
    ['not_an_object ', []],
    ['not_an_object ', [view()]],
    ['not_an_object ', null],
    ['not_an_object ', 'view'],
    ['not_an_object ', 5],
    ['missing_field /event_type', {}],
    ['missing_field /event_type', JSON.parse('{"__proto__":{"event_type":"view"}}')],
    ['unknown_value /event_type', view({ event_type: 'watch' })],
    ['unknown_value /event_type', view({ event_type: '' })],
    ['unknown_value /event_type', view({ event_type: 7 })],
    ['unknown_value /status', view({ status: 'none' })],
    ['wrong_type /user_id', view({ user_id: 1.5 })],
    ['wrong_type /user_id', view({ user_id: true })],
    ['wrong_type /content_id', view({ content_id: ['c'] })],
    ['wrong_type /content/content_id', view({ content: { content_id: {} } })],
    ['wrong_type /content', view({ content: 'c' })],
    ['wrong_type /title', view({ title: 5 })],
    ['wrong_type /rating', view({ rating: '5' })],
    ['wrong_type /ext', view({ ext: [] })],
    ['wrong_type /ext', view({ ext: 'text' })],
    ['out_of_range /user_id', view({ user_id: 2 ** 53 })],
    ['out_of_range /user_id', view({ user_id: -(2 ** 53) })],
    ['out_of_range /rating', view({ rating: 0 })],
    ['out_of_range /completion_rate', view({ completion_rate: -0.001 })],
    ['out_of_range /duration', view({ duration: -1 })],
    ['not_finite /rating', view({ rating: JSON.parse('1e400') })],
    ['not_finite /duration', view({ duration: JSON.parse('-1e400') })],
    ['not_finite /speed_mbps', view({ speed_mbps: Number.NaN })],
    ['not_finite /event_id', view({ event_id: JSON.parse('1e400') })],
    ['invalid_time /timestamp', view({ timestamp: JSON.parse('1e400') })],
    ['invalid_time /timestamp', view({ timestamp: '2023-02-29T00:00:00Z' })],
    ['invalid_time /timestamp', view({ timestamp: {} })],
    ['invalid_time /timestamp', view({ timestamp: true })],
    ['unknown_region /region', view({ region: 'Atlantis' })],
    ['unknown_region /region', view({ region: '__proto__' })],
    ['wrong_type /region', view({ region: 5 })],
  ])('%s', (expected, raw) => {
    expect(codeAt(raw)).toBe(expected);
  });

  test('messages name the field and the reason, and never the value', () => {
    const secret = 'user-4711';
    const bad = [
      view({ user_id: secret.repeat(20) }),
      view({ user_id: [secret] }),
      view({ region: secret }),
      view({ event_type: secret }),
      view({ timestamp: secret }),
      view({ [secret]: '\ud800' }),
      view({ user_id: 1.5 }),
    ];
    for (const raw of bad) expect(rejected(raw).message).not.toContain(secret);
    expect(rejected(view({ rating: 11 })).message).toBe('rating is more than 10');
    expect(rejected(view({ region: 'x' })).message).toBe(
      'region is not in the registry, which holds US-California, EU-London, ASIA-Tokyo',
    );
    expect(rejected(view({ user_id: 2 ** 60 })).message).toContain('send it as a text');
  });
});

describe('[ING-3] every cap of a record at N and at N + 1', () => {
  const text = (length: number) => 'x'.repeat(length);
  test.each<[string, (length: number) => unknown, number, string]>([
    ['event_id', (n) => view({ event_id: text(n) }), limits.eventIdLengthMax, '/event_id'],
    ['content_id', (n) => view({ content_id: text(n) }), limits.contentIdLengthMax, '/content_id'],
    ['movie_id', (n) => view({ movie_id: text(n) }), limits.contentIdLengthMax, '/movie_id'],
    ['content', (n) => view({ content: { title: text(n) } }), limits.titleLengthMax, '/content/title'],
    ['user_id', (n) => view({ user_id: text(n) }), limits.userIdLengthMax, '/user_id'],
    ['session_id', (n) => view({ session_id: text(n) }), limits.sessionIdLengthMax, '/session_id'],
    ['title', (n) => view({ title: text(n) }), limits.titleLengthMax, '/title'],
    ['country', (n) => view({ country: text(n) }), limits.labelLengthMax, '/country'],
    ['device_type', (n) => view({ device_type: text(n) }), limits.labelLengthMax, '/device_type'],
    ['quality', (n) => view({ quality: text(n) }), limits.labelLengthMax, '/quality'],
    ['content_type', (n) => view({ content_type: text(n) }), limits.labelLengthMax, '/content_type'],
    [
      'subscription',
      (n) => view({ subscription_type: text(n) }),
      limits.labelLengthMax,
      '/subscription_type',
    ],
    ['error_code', (n) => view({ error_code: text(n) }), limits.labelLengthMax, '/error_code'],
    ['ext', (n) => view({ ext: { a: text(n - 8) } }), limits.extBytesMax, '/ext'],
    [
      'ext in UTF-8',
      (n) => view({ ext: { a: `${'ä'.repeat(500)}${text(n - 1008)}` } }),
      limits.extBytesMax,
      '/ext',
    ],
  ])('%s', (_name, make, max, pointer) => {
    judged(make(max));
    expect(codeAt(make(max + 1))).toBe(`too_long ${pointer}`);
  });

  test.each<[string, number, number]>([
    ['rating', 1, 10],
    ['completion_rate', 0, 1],
    ['duration', 0, limits.durationMsMax / 1000],
    ['buffering_count', 0, limits.bufferingCountMax],
    ['speed_mbps', 0, limits.speedKbpsMax / 1000],
    ['bytes', 0, limits.bytesMax],
  ])('%s', (field, min, max) => {
    judged(view({ [field]: min }));
    judged(view({ [field]: max }));
    const step = max > 1e9 ? 1 : 1e-6;
    expect(codeAt(view({ [field]: min - step }))).toBe(`out_of_range /${field}`);
    expect(codeAt(view({ [field]: max + step }))).toBe(`out_of_range /${field}`);
  });

  test('depth', () => {
    judged(view({ a: nested(limits.recordDepthMax - 1) }));
    expect(codeAt(view({ a: nested(limits.recordDepthMax) }))).toBe('too_deep /a/a/a/a/a/a/a/a');
    const deep: unknown = JSON.parse(`${'['.repeat(1000)}${']'.repeat(1000)}`);
    expect(rejected(view({ ext: { deep } })).code).toBe('too_deep');
    expect(rejected(deep).code).toBe('not_an_object');
  });

  test('size, as JSON text, escapes included', () => {
    const sized = (size: number, filler: string) => {
      const units = JSON.stringify(filler).length - 2;
      const rest = size - JSON.stringify(view({ pad: '', x: '' })).length;
      const record = view({ pad: filler.repeat(Math.floor(rest / units)), x: 'y'.repeat(rest % units) });
      expect(JSON.stringify(record)).toHaveLength(size);
      return record;
    };
    for (const filler of ['a', '"', '\u0000', 'ä']) {
      judged(sized(limits.recordSizeMax, filler));
      expect(codeAt(sized(limits.recordSizeMax + 1, filler))).toBe('record_too_large ');
    }
  });

  test('numbers count with their whole text', () => {
    // Short index keys must not make up for what a number of 23 characters is missing.
    const long = (rows: number) => Array.from({ length: rows }, () => Array<number>(10).fill(-1e-300 / 3));
    expect(JSON.stringify(long(70)).length).toBeGreaterThan(limits.recordSizeMax);
    expect(codeAt(view({ long: long(70) }))).toBe('record_too_large ');
    judged(view({ long: long(60) }));
  });
});

describe('[ING-5] times', () => {
  const at = (timestamp: unknown) => view({ timestamp });
  test('up to 5 minutes ahead of the clock, and not a millisecond more', () => {
    expect(judged(at(nowMs + 300_000)).columns.timeMs).toBe(nowMs + 300_000);
    expect(codeAt(at(nowMs + 300_001))).toBe('time_in_future /timestamp');
    expect(codeAt(at('2099-01-01T00:00:00Z'))).toBe('time_in_future /timestamp');
  });

  test('back to 2000-01-01, and not a millisecond less', () => {
    expect(judged(at('2000-01-01T00:00:00Z')).columns.timeMs).toBe(limits.eventTimeMsMin);
    expect(codeAt(at('1999-12-31T23:59:59.999Z'))).toBe('time_too_old /timestamp');
    expect(codeAt(at('1970-01-01T00:00:00Z'))).toBe('time_too_old /timestamp');
    expect(codeAt(at(0))).toBe('time_too_old /timestamp');
    expect(codeAt(at(-1))).toBe('time_too_old /timestamp');
  });
});

describe('[ING-4] regions', () => {
  test('a record without a region takes the nearest, and is rejected where there is none', () => {
    expect(judged(withoutRegion, testContext({ nearest: california })).region).toBe(california);
    expect(codeAt(withoutRegion, testContext({ nearest: null }))).toBe('missing_region /region');
    expect(judged(view(), testContext({ nearest: null })).region).toBe(london);
  });
});

describe('unicode', () => {
  const lost = testContext({ bytesReplaced: true });
  test('half a surrogate pair, in a value, a key or below ext', () => {
    expect(codeAt(view({ title: 'a\ud800b' }))).toBe('malformed_unicode /title');
    expect(codeAt(view({ user_id: '\udc00' }))).toBe('malformed_unicode /user_id');
    expect(codeAt(view({ 'a/b~\ud83d': 1 }))).toBe('malformed_unicode ');
    expect(codeAt(view({ ext: { 'a/b~c': ['ok', '\ud800'] } }))).toBe('malformed_unicode /ext/a~1b~0c/1');
    expect(judged(view({ title: 'a😀' })).columns.title).toBe('a😀');
  });

  test('U+FFFD counts as damage only where the bytes were damaged', () => {
    expect(judged(view({ title: 'a\ufffd' })).columns.title).toBe('a\ufffd');
    expect(codeAt(view({ title: 'a\ufffd' }), lost)).toBe('invalid_utf8 /title');
    expect(codeAt(view({ '\ufffd': 1 }), lost)).toBe('invalid_utf8 /\ufffd');
    judged(view(), lost);
  });

  test('a pointer of long keys names an ancestor', () => {
    const key = 'k'.repeat(100);
    expect(rejected(view({ [key]: { [key]: '\ud800' } })).pointer).toBe(`/${key}`);
    expect(rejected(view({ ['k'.repeat(200)]: '\ud800' })).pointer).toBe('');
  });
});

describe('[ING-7] numbers are quantised into integers', () => {
  test.each([
    ['rating', 7.25, 'ratingMilli', 7250],
    ['completion_rate', 0.3335, 'completionMilli', 334],
    ['completion_rate', 1 / 3, 'completionMilli', 333],
    ['duration', 1.2345, 'durationMs', 1235],
    ['duration', -0, 'durationMs', 0],
    ['speed_mbps', 35.6, 'speedKbps', 35_600],
    ['buffering_count', 2.5, 'bufferingCount', 3],
    ['bytes', 0.4, 'bytes', 0],
  ] as const)('%s %f', (field, sent, column, kept) => {
    expect(judged(view({ [field]: sent })).columns[column]).toBe(kept);
  });

  test('whatever number is accepted is a non-negative safe integer, within half a step of what was sent', () => {
    const fields = [
      ['rating', 'ratingMilli', 1, 10, 1000],
      ['completion_rate', 'completionMilli', 0, 1, 1000],
      ['duration', 'durationMs', 0, limits.durationMsMax / 1000, 1000],
      ['speed_mbps', 'speedKbps', 0, limits.speedKbpsMax / 1000, 1000],
      ['bytes', 'bytes', 0, limits.bytesMax, 1],
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.double({ min: 0, max: 1, noNaN: true }), (field, share) => {
        const [name, column, min, max, scale] = field;
        const sent = min + share * (max - min);
        const kept = judged(view({ [name]: sent })).columns[column]!;
        expect(Number.isSafeInteger(kept) && kept >= 0 && !Object.is(kept, -0)).toBe(true);
        expect(Math.abs(kept - sent * scale)).toBeLessThanOrEqual(0.5);
      }),
    );
  });
});

test('no JSON value makes the judge throw', () => {
  const record = fc.dictionary(
    fc.constantFrom(
      'event_id',
      'event_type',
      'timestamp',
      'region',
      'content',
      'ext',
      'rating',
      '__proto__',
      'zzz',
    ),
    fc.jsonValue({ maxDepth: 4 }),
  );
  fc.assert(
    fc.property(fc.oneof(record, fc.jsonValue()), (raw) => {
      expect(typeof judgeRecord(JSON.parse(JSON.stringify(raw)), testContext()).ok).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
});
