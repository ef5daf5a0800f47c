import { expect, test } from 'vitest';
import * as z from 'zod';
import { eventFields, eventSchema } from '../../../core/protocol/event-schema.ts';

test('every field is documented with an example, and the documentation is JSON Schema', () => {
  const { properties } = z.toJSONSchema(eventSchema(), { io: 'input', reused: 'inline' }) as {
    properties?: Record<string, { description?: string; examples?: unknown[] }>;
  };
  const definitions = z.toJSONSchema(z.object({ event: eventSchema() }), { io: 'input' }) as {
    $defs?: Record<string, { properties: Record<string, { description?: string; examples?: unknown[] }> }>;
  };
  const fields = properties ?? definitions.$defs?.Event?.properties ?? {};
  expect(Object.keys(fields)).toEqual([...eventFields()]);
  for (const [name, { description, examples }] of Object.entries(fields)) {
    expect(description, name).toMatch(/\w{3}/);
    if (name !== 'content') expect(examples, name).toBeDefined();
  }
});

test('the examples of every field pass', () => {
  for (const [name, field] of Object.entries(eventSchema().shape)) {
    for (const example of (field.meta()?.examples as unknown[] | undefined) ?? []) {
      expect(eventSchema().safeParse({ [name]: example }).success, `${name} ${String(example)}`).toBe(true);
    }
  }
});

test('unknown keys and __proto__ are ignored', () => {
  const raw: unknown = JSON.parse(
    '{"event_type":"view","__proto__":{"event_type":"pause"},"constructor":1,"zzz":2}',
  );
  const parsed = eventSchema().parse(raw);
  expect(Object.keys(parsed)).toEqual(['event_type']);
  expect(parsed.event_type).toBe('view');
  expect(({} as { event_type?: unknown }).event_type).toBeUndefined();
});
