/** Values for a JSON Schema of the API's description: those that fit it, those that nearly do, and hostile ones. */
import * as fc from 'fast-check';
import type { JsonSchema } from '../../core/protocol/openapi-document.ts';

export type Schemas = Readonly<Record<string, JsonSchema>>;
type Values = fc.Arbitrary<unknown>;

/** What people and scanners put where a word or a number is expected. */
export const hostileTexts: readonly string[] = [
  '',
  ' ',
  '0',
  '-1',
  '1e9',
  '5.0',
  '0x10',
  '٣',
  '99999999999999999999',
  'NaN',
  'null',
  'true',
  '__proto__',
  'constructor',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '\u0000',
  '\r\nset-cookie: a=b',
  '\u202e\ufeff',
  '🎬'.repeat(40),
  'x'.repeat(5_000),
  '2026-02-30T00:00:00Z',
  '2026-11-21T00:00:00+25:00',
  '-62135596800000',
  '{"$ne":1}',
];

/** Values that fit. */
export function fitting(schema: JsonSchema, schemas: Schemas): Values {
  const values = plainlyFitting(schema, schemas);
  const examples = schema.examples ?? [];
  return examples.length > 0 ? fc.oneof(values, fc.constantFrom(...examples)) : values;
}

function plainlyFitting(schema: JsonSchema, schemas: Schemas): Values {
  const { $ref, anyOf, oneOf, type } = schema;
  if ($ref !== undefined) return fitting(schemas[$ref.split('/').at(-1) ?? ''] ?? {}, schemas);
  const forms = anyOf ?? oneOf;
  if (forms) return fc.oneof(...forms.map((form) => fitting(form, schemas)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (typeof type === 'object') {
    return fc.oneof(...type.map((one) => plainlyFitting({ ...schema, type: one }, schemas)));
  }
  switch (type ?? 'anything') {
    case 'integer':
      return fc.integer({ min: schema.minimum ?? -1_000_000, max: schema.maximum ?? 2_000_000_000 });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e13, noNaN: true });
    case 'string':
      return textOf(schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(fitting(schema.items ?? {}, schemas), { maxLength: Math.min(schema.maxItems ?? 6, 6) });
    case 'object':
      return schema.properties ? objectOf(schema, schemas) : fc.dictionary(fc.string(), fc.jsonValue());
    default:
      return fc.jsonValue();
  }
}

function textOf({ format, pattern, maxLength }: JsonSchema): Values {
  if (format === 'date-time') return instants;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ maxLength: maxLength ?? 40, unit: 'grapheme' });
}

/** Around these days, and anywhere. */
const instants = fc
  .oneof(
    fc.integer({ min: Date.now() - 20 * 86_400_000, max: Date.now() + 10 * 86_400_000 }),
    fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) }),
  )
  .map((ms) => new Date(ms).toISOString());

function objectOf({ properties = {}, required = [] }: JsonSchema, schemas: Schemas): Values {
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, fitting(property, schemas)]),
  );
  return fc.record(model, { requiredKeys: [...required] });
}

/** Just outside: the bounds and one beyond them. */
function atTheEdge({ minimum, maximum, maxLength }: JsonSchema): string[] {
  const numbers = [minimum, maximum].flatMap((bound) =>
    bound === undefined ? [] : [bound - 1, bound, bound + 1].map(String),
  );
  const texts = maxLength === undefined ? [] : ['y'.repeat(maxLength), 'y'.repeat(maxLength + 1)];
  return [...numbers, ...texts];
}

/** Texts for a parameter that it should take: an open text is mostly the example, since names are of a list. */
export function goodTexts(schema: JsonSchema, example: unknown, schemas: Schemas): fc.Arbitrary<string> {
  const isTime = /^\d{4}-\d\d-\d\dT/.test(String(example));
  const isOpen = schema.type === 'string' && schema.enum === undefined;
  return fc.oneof(
    { weight: isOpen ? 6 : 1, arbitrary: fc.constant(String(example)) },
    { weight: 1, arbitrary: isTime ? instants : fitting(schema, schemas).map(String) },
  );
}

/** Texts for a parameter, good ones among them. */
export function anyTexts(schema: JsonSchema, example: unknown, schemas: Schemas): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: goodTexts(schema, example, schemas) },
    { weight: 3, arbitrary: fc.constantFrom(String(example), ...atTheEdge(schema)) },
    { weight: 3, arbitrary: fc.constantFrom(...hostileTexts) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
  );
}

/** A fitting body with one of its members replaced, taken away, or joined by a stranger. */
export function nearly(schema: JsonSchema, schemas: Schemas): Values {
  const stranger = fc.oneof(fc.jsonValue(), fc.constantFrom(...hostileTexts));
  const change = fc.record({ at: fc.nat(), value: stranger, drops: fc.boolean(), name: fc.string() });
  return fc.tuple(fitting(schema, schemas), change).map(([value, { at, value: other, drops, name }]) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
    const keys = Object.keys(value);
    const key = keys[at % (keys.length + 1)] ?? name;
    const { [key]: _, ...rest } = value as Record<string, unknown>;
    return drops ? rest : { ...rest, [key]: other };
  });
}
