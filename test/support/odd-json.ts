/** JSON texts of events as producers write them, well and badly: all forms that JSON has for one value. */
import fc from 'fast-check';
import { eventTypes } from '../../core/protocol/event-type.ts';
import { nowMs } from './judge-context.ts';

/** Something odd once in so many times. */
type Mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) => fc.Arbitrary<T>;
const mostlyOf =
  (times: number): Mostly =>
  (usual, odd) =>
    fc.oneof({ weight: times, arbitrary: usual }, { weight: 1, arbitrary: odd });

const blanks = fc.constantFrom(' ', ' ', ' ', '\n', '\t \r\n', '\u00a0', '\f');

/** A text as JSON, some of its characters escaped. */
const quoted = (text: string, escapes: readonly boolean[]): string => {
  const plain = JSON.stringify(text).slice(1, -1);
  if (!escapes.includes(true)) return `"${plain}"`;
  const escaped = Array.from(text, (char, i) =>
    escapes[i % escapes.length] && char.length === 1
      ? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
      : JSON.stringify(char).slice(1, -1),
  );
  return `"${escaped.join('')}"`;
};

const marks: fc.Arbitrary<boolean[]> = fc.array(fc.boolean(), { minLength: 1, maxLength: 4 });
const unmarked: fc.Arbitrary<boolean[]> = fc.constant([false]);
const textOf = (text: fc.Arbitrary<string>, escapes = mostlyOf(20)(unmarked, marks)) =>
  fc.tuple(text, escapes).map(([value, list]) => quoted(value, list));

const anyText = textOf(
  fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom(
      '',
      'Amélie',
      '千と千尋の神隠し',
      '🎬'.repeat(16),
      '🎬'.repeat(17),
      'é'.repeat(32),
      'é'.repeat(33),
    ),
    fc.constantFrom(32, 33, 64, 65, 128, 129, 256, 257).map((length) => 'x'.repeat(length)),
  ),
);

const anyNumber = fc.oneof(
  fc.nat({ max: 20_000 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.nat({ max: 200_000 }), fc.nat({ max: 99_999 })).map(([a, b]) => `${a}.${b}`),
  fc.constantFrom(
    '0',
    '-0',
    '00',
    '01',
    '1.',
    '.5',
    '+1',
    '1e3',
    '1E-2',
    '1e400',
    '0.1',
    '0.30000000000000004',
    '1.0',
    '9007199254740991',
    '9007199254740992',
    '123456789012345',
    '1234567890123456',
    '0.123456789012345',
    '10.5',
    'NaN',
    'Infinity',
    '1000000000000',
    '1000000000001',
    '108000',
    '108000.001',
    '2e0',
    '0.0000001',
  ),
);

const scalar = fc.oneof(anyText, anyNumber, fc.constantFrom('null', 'true', 'false', 'nul', 'None', ''));

/** Any value; brackets need not fit. */
const { value: anyValue } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
    fc
      .array(fc.tuple(anyText, tie('value')), { maxLength: 3 })
      .map((members) => `{${members.map(([key, value]) => `${key}:${value}`).join(', ')}}`),
    fc.constantFrom(
      '[}',
      '{]',
      '[',
      '}',
      '{"a"}',
      '{"a":1,}',
      '{"__proto__":1}',
      '"\\ud800"',
      '"\\x"',
      '"\n"',
    ),
    fc.constantFrom(6, 7, 8, 9).map((depth) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
    fc.constantFrom(2, 100).map((size) => `{"a":"${'y'.repeat(size * 20)}"}`),
  ),
}));

const time = fc.oneof(
  fc.integer({ min: nowMs - 100_000, max: nowMs + 400_000 }).map((ms) => JSON.stringify(new Date(ms))),
  fc.integer({ min: 0, max: 4e12 }).map((ms) => `"${new Date(ms).toISOString().replace('.000Z', 'Z')}"`),
  fc.integer({ min: nowMs - 1000, max: nowMs }).map(String),
  fc
    .constantFrom(
      '2026-02-29T00:00:00Z',
      '2024-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-17-01T00:00:00Z',
      '2026-11-00T00:00:00Z',
      '2026-11-32T00:00:00Z',
      '2026-11-20T24:00:00Z',
      '2026-11-20T11:60:00Z',
      '2026-11-20T11:59:60Z',
      '2026-11-20T11:59:00.1Z',
      '2026-11-20T11:59:00.123456Z',
      '2026-11-20 11:59:00',
      '2026-11-20T11:59:00+01:00',
      '2026-11-20t11:59:00z',
      '2026-11-20T11:59:00.1x3Z',
      '1795176000',
      ' 1795176000 ',
      '2026-11-20T11:59:00.123',
      '0099-11-20T11:59:00Z',
      '2026-11-2oT11:59:00Z',
      '2026-1-020T11:59:00Z',
    )
    .map((text) => JSON.stringify(text)),
);

const label = fc.constantFrom('"tv"', '"phone"', '"DE"', '"Österreich"', '"1080p"', '""', 'null');
const amount = (max: number) =>
  fc.oneof(
    fc.nat({ max }).map(String),
    fc.tuple(fc.nat({ max: max - 1 }), fc.nat({ max: 99_999 })).map(([a, b]) => `${a}.${b}`),
    fc.constant('null'),
  );
const id = fc.oneof(
  fc.nat({ max: 9 }).map((n) => `"id-${n}"`),
  fc.nat({ max: 9 }).map(String),
  fc.uuid().map((text) => `"${text}"`),
);
const title = fc.constantFrom(
  '"Amélie"',
  '"千と千尋の神隠し"',
  `"${'🎬'.repeat(128)}"`,
  '"Avengers 2"',
  '""',
);

/** Values that are accepted. */
const good: Readonly<Record<string, fc.Arbitrary<string>>> = {
  event_id: id,
  event_type: fc.constantFrom(...eventTypes.map((type) => `"${type}"`), 'null'),
  timestamp: fc.constantFrom(0, 0, 0, 1, 60_000).map((agoMs) => JSON.stringify(new Date(nowMs - agoMs))),
  region: fc.constantFrom('"EU-London"', '"ASIA-Tokyo"', '"US-California"', '""', 'null'),
  content_id: id,
  status: fc.constantFrom('"success"', '"failed"', '"slow"'),
  movie_id: id,
  content: fc.tuple(id, title).map(([one, name]) => `{"content_id":${one},"title":${name}}`),
  user_id: id,
  session_id: id,
  country: label,
  device_type: label,
  quality: label,
  subscription_type: label,
  duration: amount(108_000),
  completion_rate: amount(1),
  rating: amount(9).map((text) => (text.startsWith('0') ? '1' : text)),
  buffering_count: amount(100_000),
  speed_mbps: amount(1000),
  bytes: amount(1_000_000_000),
  error_code: id,
  title,
  content_type: label,
  ext: fc.tuple(title, title, fc.nat()).map(([a, b, n]) => `{${a}: ${b}, "n": [${n}, {}]}`),
  unknown: fc.constantFrom('"x"', 'true', 'false', 'null', '12.5', '""'),
};
const names = Object.keys(good);
const odd: Readonly<Record<string, fc.Arbitrary<string>>> = {
  timestamp: time,
  content: fc.tuple(anyValue, anyText).map(([one, name]) => `{"content_id":${one},"title":${name}}`),
  ext: fc.tuple(anyText, anyValue).map(([key, value]) => `{${key}: ${value}}`),
};

const valueFor = (values: typeof good, name: string): fc.Arbitrary<string> =>
  Object.hasOwn(values, name) ? values[name]! : scalar;

/** One record; the greater the number, the more of them are accepted. */
export function recordText(times: number): fc.Arbitrary<string> {
  const mostly = mostlyOf(times);
  const blank = mostly(fc.constant(''), blanks);
  const member = (name: string): fc.Arbitrary<string> =>
    fc
      .tuple(
        mostly(unmarked, marks),
        blank,
        blank,
        blank,
        mostly(valueFor(good, name), fc.oneof(valueFor(odd, name), scalar, anyValue)),
      )
      .map(([list, a, b, c, value]) => `${a}${quoted(name, list)}${b}:${c}${value}`);
  const some = fc.subarray(names.slice(6), { maxLength: 8 });
  const first = names.slice(0, 6).map((name) => mostly(member(name), fc.constant('')));
  const rest = some.chain((chosen) => fc.tuple(...chosen.map(member)));
  const more = mostly(fc.constant(''), fc.constantFrom(...names, 'batch', '__proto__').chain(member));
  const record = fc.tuple(fc.tuple(...first), rest, more, blank, fc.boolean()).map((parts) => {
    const [head, tail, last, end, isTurned] = parts;
    const members = [...head, ...tail, last].filter((part) => part !== '');
    return `{${(isTurned ? members.reverse() : members).join(',')}${end}}`;
  });
  return mostly(record, anyValue);
}
