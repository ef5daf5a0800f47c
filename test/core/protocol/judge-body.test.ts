import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { splitIntoChunks } from '../../../core/protocol/chunk.ts';
import { Identifier } from '../../../core/protocol/identity.ts';
import { type BodyVerdicts, type Framing, judgeBody, judgeText } from '../../../core/protocol/judge-body.ts';
import type { RequestContext } from '../../../core/protocol/judge-request.ts';
import * as limits from '../../../core/protocol/limits.ts';
import { sipKey } from '../../../core/protocol/siphash.ts';
import { nowMs, testContext, view } from '../../support/judge-context.ts';
import { recordText } from '../../support/odd-json.ts';

const encoder = new TextEncoder();
const bytesOf = (body: string | object): Uint8Array =>
  encoder.encode(typeof body === 'string' ? body : JSON.stringify(body));

/** All that a request leaves behind: its answer, its report of rejects, its chunks. */
function outcome(verdicts: BodyVerdicts): unknown {
  if (!verdicts.ok) return verdicts;
  const { groups, ...accounts } = verdicts.judged;
  return {
    ...accounts,
    groups: groups.map(({ region, shard, events, twins }) => {
      const header = {
        regionNumber: region.number,
        shard,
        door: '0123456789abcdef',
        doorBirthMs: nowMs,
        receivedAtMs: nowMs,
        firstNumber: 7,
        producer: 'local',
        pseudonymVersion: 1,
        twins,
        voids: [],
      };
      return splitIntoChunks(header, events).map((chunk) => Buffer.from(chunk).toString('base64'));
    }),
  };
}

function expectSame(bytes: Uint8Array, framing: Framing, changes: Partial<RequestContext> = {}): void {
  const context = testContext(changes);
  expect(outcome(judgeBody(bytes, framing, context))).toEqual(outcome(judgeText(bytes, framing, context)));
}

/** Counts the events that were named the general way. */
class CountingIdentifier extends Identifier {
  named = 0;

  constructor() {
    const key = sipKey(new Uint8Array(16).fill(1));
    super({ identity: key, pseudonym: key, pseudonymVersion: 1 });
  }

  override ofEvent(producer: string, eventId: string, timeMs: number) {
    this.named++;
    return super.ofEvent(producer, eventId, timeMs);
  }
}

/** Accepted records that were not judged from their bytes. */
function oddOnes(body: string | object, framing: Framing = 'json'): number {
  const identifier = new CountingIdentifier();
  const verdicts = judgeBody(bytesOf(body), framing, testContext({ identifier }));
  if (!verdicts.ok || verdicts.judged.rejected > 0) throw new Error('not all was accepted');
  expectSame(bytesOf(body), framing);
  return identifier.named;
}

const framings = fc.constantFrom<Framing>('json', 'lines');
const bodies = fc
  .tuple(
    fc.constantFrom(4, 60, 1000).chain((times) => fc.array(recordText(times), { maxLength: 6 })),
    fc.constantFrom('list', 'spaced', 'batch', 'lines', 'first'),
  )
  .map(([records, form]) => {
    if (form === 'lines') return records.join('\n');
    if (form === 'first') return records[0] ?? '';
    if (form === 'batch') return `{"batch":[${records.join(',')}]}`;
    return form === 'list' ? `[${records.join(',')}]` : ` [ ${records.join(' , ')} ]\n`;
  });
const contexts = fc.record({
  nearest: fc.constantFrom(testContext().nearest, null),
  regionScope: fc.constantFrom(null, null, new Set(['EU-London'])),
});

describe('[ING-2, IDN-1] records judged from their bytes come out as from their JSON', () => {
  test('in any body', () => {
    fc.assert(
      fc.property(bodies, framings, contexts, (body, framing, changes) => {
        expectSame(bytesOf(body), framing, changes);
      }),
      { numRuns: 4000 },
    );
  });

  test('with bytes broken, lost, doubled', () => {
    const byte = fc.constantFrom(
      0x22,
      0x5c,
      0x2c,
      0x7d,
      0x5d,
      0x7b,
      0x5b,
      0x3a,
      0x0a,
      0x80,
      0xc3,
      0xed,
      0xef,
      0xff,
      0,
      0x31,
    );
    const wounds = fc.array(fc.tuple(fc.nat(), fc.constantFrom('set', 'cut', 'insert', 'end'), byte), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(bodies, framings, wounds, (body, framing, list) => {
        let bytes = [...bytesOf(body)];
        for (const [place, wound, value] of list) {
          const at = place % (bytes.length + 1);
          if (wound === 'end') bytes = bytes.slice(0, at);
          else bytes.splice(at, wound === 'insert' ? 0 : 1, ...(wound === 'cut' ? [] : [value]));
        }
        expectSame(Uint8Array.from(bytes), framing);
      }),
      { numRuns: 4000 },
    );
  });

  test('whose bytes are no UTF-8, in a text or anywhere; a byte order mark is dropped', () => {
    const line = (title: string) => JSON.stringify(view({ title }));
    const cut = (bytes: readonly number[]) => {
      const [before = '', after = ''] = line('HERE').split('HERE');
      return [...bytesOf(before), ...bytes, ...bytesOf(after)];
    };
    const bodies = [
      cut([0xff]),
      cut([0xed, 0xa0, 0x80]),
      cut([...bytesOf('\ufffd')]),
      [...bytesOf(line('\ufffd')), 0xff],
      [0xef, 0xbb, 0xbf, ...bytesOf(line('a'))],
      [...bytesOf(line('a')), 0x0a, 0xef, 0xbb, 0xbf, ...bytesOf(line('a'))],
    ];
    const codes = bodies.map((bytes) => {
      for (const framing of ['json', 'lines'] as const) expectSame(Uint8Array.from(bytes), framing);
      const verdicts = judgeBody(Uint8Array.from(bytes), 'lines', testContext());
      return verdicts.ok ? verdicts.judged.errors.map(({ code }) => code).join() : verdicts.code;
    });
    expect(codes).toEqual(['invalid_utf8', 'invalid_utf8', '', 'invalid_json', '', 'invalid_json']);
  });

  test('of texts that begin alike, come again, end with the body, or are too long for the next field', () => {
    const texts = Array.from({ length: 14 }, (_, i) => [
      'abcdefghijklmn'.slice(0, i),
      `abcdefgh${i}`,
      `é${i}`,
    ]);
    const all = texts.flat();
    const records = Array.from({ length: 300 }, (_, i) =>
      view({ event_id: i, title: all[(i * i) % 41], country: all[(i * 7) % 42], quality: all[i % 5] }),
    );
    expectSame(bytesOf(records), 'json');
    for (const { length } of all) expectSame(bytesOf(records.slice(length)).subarray(0, -length), 'json');
    // A hundred, since two fields seldom look for a text in one place.
    const long = (i: number): string => `${i}`.padEnd(limits.labelLengthMax + 1, 'x');
    for (let i = 0; i < 100; i++)
      expectSame(
        bytesOf([view({ title: long(i) }), view({ event_id: 2, content_type: long(i), rating: 8 })]),
        'json',
      );
  });

  test('in a part of a larger buffer', () => {
    const body = bytesOf([view(), view({ event_id: 'e-2', title: 'Amélie' })]);
    const larger = new Uint8Array(body.length + 20).fill(0x22);
    larger.set(body, 7);
    expectSame(larger.subarray(7, 7 + body.length), 'json');
  });

  test.each([
    '[',
    '{"batch":[',
    '',
    ' ',
    '\ufeff[]',
    '[]',
    '[ ]',
    '{"batch":[]}',
    '{"batch":[]',
    '{}',
    '[{}]',
  ])('of %j', (body) => {
    for (const framing of ['json', 'lines'] as const) expectSame(bytesOf(body), framing);
  });
});

describe('what is judged from its bytes', () => {
  const full = view({
    event_id: '0190a5c2-7f1e-7000-8000-000000000001',
    event_type: 'progress',
    timestamp: '2026-11-20T11:59:00.125Z',
    user_id: 4711,
    session_id: 's-1',
    device_type: 'tv',
    title: '千と千尋の神隠し 🎬',
    duration: 12.5,
    rating: 8,
    bytes: 1_000_000,
    ext: { campaign: 'spring', deep: [1, { a: null }] },
    content: { content_id: 'other', content_type: 'movie' },
    unknown: true,
  });
  test.each([
    ['a list', [full, { ...full, event_id: 2 }], 'json'],
    ['a batch', { batch: [full] }, 'json'],
    ['one event', full, 'json'],
    ['spaced out', JSON.stringify([full], null, 2), 'json'],
    ['lines', `${JSON.stringify(full)}\n\n${JSON.stringify(view())}\r\n`, 'lines'],
    [
      'a download as the seed has it',
      [{ ...full, event_type: null, status: 'slow', speed_mbps: 4.2 }],
      'json',
    ],
    ['without time and region', [{ event_id: 'a', event_type: 'error' }], 'json'],
  ] as const)('%s', (_what, body, framing) => {
    expect(oddOnes(body, framing)).toBe(0);
  });

  test('not what has escapes', () => {
    expect(oddOnes([view({ title: 'a "title"' }), view({ event_id: 'e-2' })])).toBe(1);
  });
});

describe('[ING-3] caps', () => {
  test.each([
    ['event_id', limits.eventIdLengthMax],
    ['content_id', limits.contentIdLengthMax],
    ['movie_id', limits.contentIdLengthMax],
    ['user_id', limits.userIdLengthMax],
    ['session_id', limits.sessionIdLengthMax],
    ['title', limits.titleLengthMax],
    ...['country', 'device_type', 'quality', 'content_type', 'subscription_type', 'error_code', 'region'].map(
      (name) => [name, limits.labelLengthMax] as const,
    ),
  ] as const)('characters of %s: %d, and one more, one by one or behind an escape', (name, most) => {
    for (const length of [most - 1, most, most + 1])
      for (const text of ['x'.repeat(length), 'é'.repeat(length), `\\${'x'.repeat(length - 1)}`])
        expectSame(bytesOf([view({ [name]: text }), view({ content: { [name]: text } })]), 'json');
  });

  test.each([
    ['duration', limits.durationMsMax / 1000],
    ['buffering_count', limits.bufferingCountMax],
    ['speed_mbps', limits.speedKbpsMax / 1000],
    ['bytes', limits.bytesMax],
  ] as const)('of %s: %d, a little less and more, and less than nothing', (name, most) => {
    for (const value of [most - 1, most - 0.5, most, most + 0.001, most + 1, 0, -0.5, -1, 0.5])
      expectSame(bytesOf([view({ [name]: value })]), 'json');
  });

  const { recordsPerRequestMax, recordSizeMax, valuesPerRequestMax } = limits;
  test.each([recordsPerRequestMax, recordsPerRequestMax + 1])('%d records', (count) => {
    const texts = Array.from({ length: count }, (_, i) => JSON.stringify(view({ event_id: i })));
    expectSame(bytesOf(`[${texts.join(',')}]`), 'json');
    expectSame(bytesOf(texts.join('\n')), 'lines');
  });

  test.each([-1, 0, 1, 2])('characters of a record: %d more than it may have', (more) => {
    const bare = JSON.stringify([view({ unknown: '' })]).length - 2;
    expectSame(bytesOf([view({ unknown: 'x'.repeat(recordSizeMax - bare + more) })]), 'json');
  });

  test.each([-1, 0, 1])('values of a body: %d more than it may have', (more) => {
    const wide = (members: number) => `{${Array.from({ length: members }, (_, i) => `"k${i}":1`).join(',')}}`;
    // Of a list: its bracket, and a comma between two records; of a record as many as it has members.
    const perRecord = 1000;
    const records = Math.floor(valuesPerRequestMax / (perRecord + 1)) - 1;
    const rest = valuesPerRequestMax - records * (perRecord + 1) - 1 + more;
    const list = [...Array.from({ length: records }, () => wide(perRecord)), wide(rest)];
    const body = bytesOf(`[${list.join(',')}]`);
    expect(judgeBody(body, 'json', testContext()).ok).toBe(more <= 0);
    expectSame(body, 'json');
  });
});
