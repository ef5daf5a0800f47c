/** A schema as a table that a person reads: one row a field, fields of fields by dotted paths. */
import type { JsonSchema } from '../../core/protocol/openapi-document.ts';
import * as say from '../text/docs.ts';
import { type Html, html, phrase } from './html.ts';

export type Schemas = Readonly<Record<string, JsonSchema>>;

interface Field {
  readonly path: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** `required`: whether to mark the fields that must be there, as in a body, or those that may be absent, as in an answer. */
export function schemaTable(schema: JsonSchema, schemas: Schemas, marks: 'required' | 'optional'): Html {
  const rows = fieldsOf(schema, schemas).map(
    ({ path, schema: field, required }) => html`
      <tr>
        <th scope="row"><code>${path}</code>${marks === 'required' ? required && html` <b class="tag">required</b>` : !required && html` <span class="tag">at times</span>`}</th>
        <td class="kind">${kindOf(field, schemas)}</td>
        <td>${phrase(descriptionOf(field, schemas))}</td>
      </tr>`,
  );
  return html`
    <table>
      <thead><tr><th scope="col">Field</th><th scope="col">Kind</th><th scope="col">Meaning</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`;
}

function fieldsOf(schema: JsonSchema, schemas: Schemas, prefix = ''): Field[] {
  const { properties = {}, required = [] } = objectOf(schema, schemas);
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const inner = innerOf(property, schemas);
    const suffix = isList(property, schemas) ? '[].' : '.';
    return [
      { path, schema: property, required: required.includes(name) },
      ...(inner.properties ? fieldsOf(inner, schemas, `${path}${suffix}`) : []),
    ];
  });
}

/** The schema itself, or what it refers to, without the null that it may also be. */
function solid(schema: JsonSchema, schemas: Schemas): JsonSchema {
  const { $ref, anyOf } = schema;
  if ($ref !== undefined) return schemas[$ref.split('/').at(-1) ?? ''] ?? schema;
  const others = anyOf?.filter(({ type }) => type !== 'null');
  const [only] = others ?? [];
  if (!only || others?.length !== 1) return schema;
  return { description: schema.description ?? '', ...solid(only, schemas) };
}

/** Of several forms the first that is an object. */
function objectOf(schema: JsonSchema, schemas: Schemas): JsonSchema {
  const own = solid(schema, schemas);
  const form = own.anyOf
    ?.map((part) => solid(part, schemas))
    .find(({ properties }) => properties !== undefined);
  return form ?? own;
}

const isList = (schema: JsonSchema, schemas: Schemas): boolean => solid(schema, schemas).items !== undefined;

/** What a list holds, or the thing itself. */
function innerOf(schema: JsonSchema, schemas: Schemas): JsonSchema {
  const own = objectOf(schema, schemas);
  return own.items ? objectOf(own.items, schemas) : own;
}

function descriptionOf(schema: JsonSchema, schemas: Schemas): string {
  return schema.description ?? solid(schema, schemas).description ?? '';
}

/** In words: `whole number, 1 to 1440`; `text or null`. */
export function kindOf(schema: JsonSchema, schemas: Schemas): Html {
  const kinds = forms(schema, schemas).filter((kind) => kind !== 'null');
  const orNull = forms(schema, schemas).includes('null') ? say.orNull : '';
  return phrase([...new Set(kinds)].join(', or ') + orNull);
}

function forms(schema: JsonSchema, schemas: Schemas): string[] {
  const { $ref, anyOf, type } = schema;
  if ($ref !== undefined) return ['object'];
  if (anyOf) return anyOf.flatMap((part) => forms(part, schemas));
  if (typeof type === 'object') return type.map((one) => named({ ...schema, type: one }, schemas));
  return [named(schema, schemas)];
}

function named(schema: JsonSchema, schemas: Schemas): string {
  const { type, format, enum: values, items } = schema;
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (values) return values.map((value) => `\`${String(value)}\``).join(' ');
  if (type === 'array') return items ? say.listOf(forms(items, schemas).join(', or ')) : 'list';
  if (type === 'integer' || type === 'number') {
    return `${type === 'integer' ? say.wholeNumber : say.number}${bounds(schema)}`;
  }
  if (type === 'string' && format === 'date-time') return say.timeIso8601;
  if (type === 'string') return schema.maxLength === undefined ? 'text' : say.textAtMost(schema.maxLength);
  if (type === 'boolean') return say.trueOrFalse;
  return type === 'null' ? 'null' : typeof type === 'string' ? type : 'anything';
}

function bounds({ minimum, maximum }: JsonSchema): string {
  const written = (value: number) => value.toLocaleString('en');
  if (minimum !== undefined && maximum !== undefined) return say.between(written(minimum), written(maximum));
  if (minimum !== undefined) return minimum === 0 ? '' : say.atLeast(written(minimum));
  return maximum === undefined ? '' : say.atMost(written(maximum));
}
