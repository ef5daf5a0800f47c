/** From the schemas that validate to the JSON Schema of the description. */
import * as z from 'zod';
import type { JsonSchema } from '../../core/protocol/openapi-document.ts';

type Draft = Record<string, unknown>;

/** JSON Schema of a zod schema; schemas with an id are put into `shared`, and referred to. */
export function jsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
  shared: Record<string, JsonSchema>,
): JsonSchema {
  const { $schema: _, $defs, ...own } = z.toJSONSchema(schema, { io, override: tidy }) as Draft;
  const pointed = JSON.parse(
    JSON.stringify({ own, $defs }).replaceAll('"#/$defs/', '"#/components/schemas/'),
  ) as { own: JsonSchema; $defs?: Record<string, JsonSchema> };
  for (const [name, definition] of Object.entries(pointed.$defs ?? {})) shared[name] = definition;
  return pointed.own;
}

/** Leaves out what tells a reader nothing: bounds of every safe integer, the pattern of a format that has a name. */
function tidy({ jsonSchema: draft }: { readonly jsonSchema: Draft }): void {
  if (draft.maximum === Number.MAX_SAFE_INTEGER) delete draft.maximum;
  if (draft.minimum === Number.MIN_SAFE_INTEGER) delete draft.minimum;
  if (draft.format !== undefined || draft.type === 'integer') delete draft.pattern;
  delete draft.id;
  if (Array.isArray(draft.anyOf)) draft.anyOf = draft.anyOf.flatMap(withoutNesting);
}

/** A union within a union says no more than one. */
function withoutNesting(part: unknown): unknown[] {
  const { anyOf, ...rest } = part as Draft;
  return Array.isArray(anyOf) && Object.keys(rest).length === 0 ? anyOf : [part];
}
