import { expect, test } from 'vitest';
import * as z from 'zod';
import { compiledEventSchema, eventFields, eventSchema } from '../../../core/protocol/event-schema.ts';
import { view } from '../../support/judge-context.ts';

test('the schema compiles whole: nothing falls back to the interpreter', () => {
  expect(() => z.compile(eventSchema, { strict: true })).not.toThrow();
  // A schema that does fall back, to show that strict says so.
  const interpreted = z.object({ a: z.string().refine(async () => true) });
  expect(() => z.compile(interpreted, { strict: true })).toThrow();
});

test('the compiled schema is another than the interpreted one, and agrees with it', () => {
  expect(compiledEventSchema).not.toBe(eventSchema);
  const records = [
    view(),
    {},
    [],
    view({ rating: 11 }),
    view({ content: { content_id: {} } }),
    view({ ext: [] }),
  ];
  for (const record of records) {
    expect(compiledEventSchema.safeParse(record)).toEqual(eventSchema.safeParse(record));
  }
});

test('every field is documented with an example, and the documentation is JSON Schema', () => {
  const { properties } = z.toJSONSchema(eventSchema, { io: 'input', reused: 'inline' }) as {
    properties?: Record<string, { description?: string; examples?: unknown[] }>;
  };
  const definitions = z.toJSONSchema(z.object({ event: eventSchema }), { io: 'input' }) as {
    $defs?: Record<string, { properties: Record<string, { description?: string; examples?: unknown[] }> }>;
  };
  const fields = properties ?? definitions.$defs?.Event?.properties ?? {};
  expect(Object.keys(fields)).toEqual([...eventFields]);
  for (const [name, { description, examples }] of Object.entries(fields)) {
    expect(description, name).toMatch(/\w{3}/);
    if (name !== 'content') expect(examples, name).toBeDefined();
  }
});

test('the examples of every field pass', () => {
  for (const [name, field] of Object.entries(eventSchema.shape)) {
    for (const example of (field.meta()?.examples as unknown[] | undefined) ?? []) {
      expect(eventSchema.safeParse({ [name]: example }).success, `${name} ${String(example)}`).toBe(true);
    }
  }
});

test('unknown keys and __proto__ are ignored', () => {
  const raw: unknown = JSON.parse(
    '{"event_type":"view","__proto__":{"event_type":"pause"},"constructor":1,"zzz":2}',
  );
  const parsed = compiledEventSchema.parse(raw);
  expect(Object.keys(parsed)).toEqual(['event_type']);
  expect(parsed.event_type).toBe('view');
  expect(({} as { event_type?: unknown }).event_type).toBeUndefined();
});
