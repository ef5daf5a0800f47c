import { describe, expect, test } from 'vitest';
import { unparsable } from '../../../core/protocol/body.ts';
import { type JudgedRequest, judgeRequest } from '../../../core/protocol/judge-request.ts';
import { errorsListedMax, rejectSamplesMax } from '../../../core/protocol/limits.ts';
import { nowMs, testContext, testIdentifier, view } from '../../support/judge-context.ts';

const judge = (records: unknown[], changes = {}) => judgeRequest(records, testContext(changes));
const counts = ({ received, accepted, duplicates, rejected }: JudgedRequest) => [
  received,
  accepted,
  duplicates,
  rejected,
];
const identities = ({ groups }: JudgedRequest) =>
  groups.flatMap(({ events }) => events.toArray().map((event) => `${event.identityHi}:${event.identityLo}`));

describe('[ING-6] received = accepted + duplicates + rejected', () => {
  test('of a mixed request', () => {
    const records = [
      view(),
      view(),
      view({ event_id: 'e-2', region: 'ASIA-Tokyo' }),
      view({ rating: 11 }),
      unparsable,
      7,
      view({ event_id: 'e-2', region: 'ASIA-Tokyo' }),
    ];
    const judged = judge(records);
    expect(counts(judged)).toEqual([7, 2, 2, 3]);
    expect(judged.groups.map(({ region, events, twins }) => [region.name, events.length, twins])).toEqual([
      ['EU-London', 1, 1],
      ['ASIA-Tokyo', 1, 1],
    ]);
    expect(judged.rejectedByCode).toEqual({ out_of_range: 1, invalid_json: 1, not_an_object: 1 });
    expect(judged.errors.map(({ index, id, code }) => [index, id, code])).toEqual([
      [3, 'e-1', 'out_of_range'],
      [4, null, 'invalid_json'],
      [5, null, 'not_an_object'],
    ]);
  });

  test('of nothing', () => {
    expect(counts(judge([]))).toEqual([0, 0, 0, 0]);
  });
});

describe('[IDN-1] twins within a request', () => {
  test('repeat id, time, region and session; a number is the same id as its text', () => {
    const session = { session_id: 's-1' };
    expect(counts(judge([view(session), view(session)]))).toEqual([2, 1, 1, 0]);
    expect(counts(judge([view({ event_id: 7 }), view({ event_id: '7' })]))).toEqual([2, 1, 1, 0]);
    expect(counts(judge([view({ timestamp: nowMs - 60_000 }), view()]))).toEqual([2, 1, 1, 0]);
    // What else differs does not matter: the first is kept.
    const [group] = judge([view({ title: 'first' }), view({ title: 'second' })]).groups;
    expect(group?.events.toArray().map(({ title }) => title)).toEqual(['first']);
  });

  test.each([
    ['id', { event_id: 'e-2' }],
    ['time', { timestamp: '2026-11-20T11:59:00.001Z' }],
    ['region', { region: 'ASIA-Tokyo' }],
    ['session', { session_id: 's-2' }],
  ])('another %s makes another event', (_what, changes) => {
    expect(counts(judge([view(), view(changes)]))).toEqual([2, 2, 0, 0]);
  });

  test('without an id equals are told apart by their ordinal, so that a retry finds each again', () => {
    const record = view({ event_id: undefined });
    const reordered = Object.fromEntries(Object.entries(record).reverse());
    const once = judge([record, view({ event_id: undefined, title: 'x' }), record]);
    expect(counts(once)).toEqual([3, 3, 0, 0]);
    expect(new Set(identities(once)).size).toBe(3);
    const again = judge([reordered, record], { receivedAtMs: nowMs + 60_000 });
    expect(identities(again)).toEqual([identities(once)[0], identities(once)[2]]);
  });

  test('without a time it is the time of receipt, so that a retry is another event', () => {
    const record = view({ timestamp: undefined });
    const first = judge([record]);
    expect(first.groups[0]?.events.toArray()[0]?.timeMs).toBe(nowMs);
    expect(identities(judge([record], { receivedAtMs: nowMs + 1 }))).not.toEqual(identities(first));
    expect(first.completed).toEqual({ withoutId: 0, withoutTime: 1, withoutRegion: 0 });
  });
});

test('[IDN-1] ids leave the door as pseudonyms only', () => {
  const secrets = { user_id: 'user-4711', session_id: 'session-4711' };
  const judged = judge([view(secrets), view({ ...secrets, rating: 11 })]);
  expect(JSON.stringify(judged)).not.toContain('4711');
  const identifier = testIdentifier();
  const user = identifier.user('user-4711');
  const session = identifier.session('local', 'session-4711');
  expect(judged.groups[0]?.events.toArray()[0]).toMatchObject({
    userHi: user.hi,
    userLo: user.lo,
    sessionHi: session.hi,
    sessionLo: session.lo,
  });
  const [anonymous] = judge([view()]).groups;
  expect(anonymous?.events.toArray()[0]).toMatchObject({ userHi: 0, userLo: 0, sessionHi: 0, sessionLo: 0 });
});

describe('[ING-3] errors listed and samples kept', () => {
  const bad = (count: number) => Array.from({ length: count }, () => view({ rating: 11 }));
  test.each([errorsListedMax, errorsListedMax + 1])('of %d rejects', (count) => {
    const judged = judge(bad(count));
    expect(judged.rejected).toBe(count);
    expect(judged.errors).toHaveLength(errorsListedMax);
    expect(judged.samples).toHaveLength(rejectSamplesMax);
  });

  test('a sample has no key that the sender chose', () => {
    const { errors, samples } = judge([
      view({ ext: { 'user-4711': '\ud800' } }),
      view({ 'user-4711': { a: '\ud800' } }),
      view({ content: { title: 5 } }),
    ]);
    expect(errors.map(({ pointer }) => pointer)).toEqual([
      '/ext/user-4711',
      '/user-4711/a',
      '/content/title',
    ]);
    expect(samples.map(({ pointer }) => pointer)).toEqual(['/ext', '', '/content/title']);
  });

  test('the id in an error is one that could have been accepted', () => {
    const ids = [7, 'x'.repeat(64), 'x'.repeat(65), '', '\ud800', 1.5, {}, null];
    const { errors } = judge(ids.map((event_id) => ({ event_id })));
    expect(errors.map(({ id }) => id)).toEqual(['7', 'x'.repeat(64), null, null, null, null, null, null]);
  });
});
