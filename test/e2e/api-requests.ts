/** Requests for every operation of the API's description, made from what it says of parameters and bodies. */
import * as fc from 'fast-check';
import type {
  JsonSchema,
  OpenApiDocument,
  Operation,
  Parameter,
} from '../../core/protocol/openapi-document.ts';
import { anyTexts, fitting, goodTexts, hostileTexts, nearly, type Schemas } from './schema-arbitrary.ts';

export interface ApiRequest {
  readonly operation: Operation;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** With the query, as it is sent. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Of operations that answer and end. */
export function apiRequests(document: OpenApiDocument): fc.Arbitrary<ApiRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([, operation]) => ends(operation))
      .map(([method, operation]) => requestsOf(method, path, operation, document.components.schemas)),
  );
  return fc.oneof(...operations);
}

function ends({ responses }: Operation): boolean {
  return !('101' in responses) && !('text/event-stream' in (responses['200']?.content ?? {}));
}

function requestsOf(
  method: string,
  path: string,
  operation: Operation,
  schemas: Schemas,
): fc.Arbitrary<ApiRequest> {
  return fc
    .record({
      address: addresses(path, operation.parameters ?? [], schemas),
      headers: headersFor(operation),
      sent: bodies(operation, schemas),
      isHead: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
    })
    .map(({ address, headers, sent, isHead }) => ({
      operation,
      method: method === 'get' && isHead ? 'HEAD' : (method.toUpperCase() as ApiRequest['method']),
      path: address,
      headers: sent === null ? headers : { 'content-type': sent.type, ...headers },
      body: sent?.text ?? null,
    }));
}

/** Half of them as they should be; the others with anything anywhere. */
function addresses(path: string, parameters: readonly Parameter[], schemas: Schemas): fc.Arbitrary<string> {
  const values = (texts: typeof goodTexts) =>
    fc.tuple(
      ...parameters.map(({ schema, example, required, in: place }) =>
        place === 'path'
          ? texts(schema, example, schemas)
          : // `freq` n leaves out one in n.
            fc.option(texts(schema, example, schemas), { freq: required ? 8 : 2 }),
      ),
    );
  const names = parameters.map(({ name }) => name);
  const strange = ['unknown=1', '&&&', '=', '%', '%zz=%', 'a[]=1', '__proto__=1'];
  const extras = fc.constantFrom('', '', '', ...strange, ...names.map((name) => `${name}=1&${name}=2`));
  return fc
    .oneof(fc.tuple(values(goodTexts), fc.constant('')), fc.tuple(values(anyTexts), extras))
    .map(([given, extra]) => filled(path, names, given, extra))
    .filter((address) => keepsItsPath(address, path));
}

function filled(
  template: string,
  names: readonly string[],
  given: readonly (string | null)[],
  extra: string,
): string {
  let path = template;
  const query: string[] = [];
  for (const [index, name] of names.entries()) {
    const value = given[index];
    if (value === null || value === undefined) continue;
    if (template.includes(`{${name}}`)) path = path.replace(`{${name}}`, () => encoded(value));
    else query.push(`${name}=${encoded(value)}`);
  }
  if (extra !== '') query.push(extra);
  return query.length > 0 ? `${path}?${query.join('&')}` : path;
}

/** Half of a surrogate pair has no UTF-8. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** An empty or dotted segment makes it another address, of which the operation says nothing. */
function keepsItsPath(address: string, template: string): boolean {
  const { pathname } = new URL(address, 'http://any.example');
  const parts = pathname.split('/');
  return parts.length === template.split('/').length && !parts.slice(1).includes('');
}

function headersFor(operation: Operation): fc.Arbitrary<Record<string, string>> {
  const accepted = [...Object.keys(operation.responses['200']?.content ?? {}), '*/*', 'text/csv', 'x', ''];
  const optional = {
    accept: fc.constantFrom(...accepted),
    'cache-control': fc.constantFrom('no-cache', 'max-age=0', 'x'),
    'if-none-match': fc.constantFrom('*', '"x"', 'W/"x", "y"', '"'),
    'x-request-id': fc.constantFrom('asked-1', 'a b', 'x'.repeat(200), '"'),
  };
  const encodings = fc.constantFrom('identity', 'gzip', 'br', 'deflate');
  const types = fc.constantFrom('application/json', 'application/x-ndjson', 'text/plain', 'text/csv', '');
  if (!operation.requestBody) return fc.record(optional, { requiredKeys: [] });
  return fc
    .record(
      { ...optional, 'content-type': types, encoding: encodings, die: fc.nat(9) },
      { requiredKeys: ['die'] },
    )
    .map(({ die, encoding, 'content-type': type, ...headers }) => ({
      ...headers,
      ...(die === 0 && encoding !== undefined ? { 'content-encoding': encoding } : {}),
      ...(die === 1 && type !== undefined ? { 'content-type': type } : {}),
    }));
}

interface Body {
  readonly type: string;
  readonly text: string;
}

function bodies({ requestBody }: Operation, schemas: Schemas): fc.Arbitrary<Body | null> {
  const forms = Object.entries(requestBody?.content ?? {}).map(([type, { schema, example }]) => {
    const texts = type === 'application/json' ? jsonBodies(schema, example, schemas) : otherBodies(example);
    return texts.map((text) => ({ type, text }));
  });
  return forms.length === 0 ? fc.constant(null) : fc.oneof(...forms);
}

function jsonBodies(schema: JsonSchema, example: unknown, schemas: Schemas): fc.Arbitrary<string> {
  const written = (values: fc.Arbitrary<unknown>) =>
    values.map((value) => JSON.stringify(value) ?? 'undefined');
  const valid = written(fitting(schema, schemas));
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(recent(JSON.stringify(example) ?? '{}')) },
    { weight: 5, arbitrary: valid },
    { weight: 4, arbitrary: written(nearly(schema, schemas)) },
    { weight: 2, arbitrary: written(fc.jsonValue()) },
    { weight: 1, arbitrary: fc.tuple(valid, fc.nat(80)).map(([text, end]) => text.slice(0, end)) },
    { weight: 1, arbitrary: fc.array(valid, { maxLength: 4 }).map((lines) => lines.join('\n')) },
    { weight: 1, arbitrary: fc.constantFrom(...hostileTexts, '['.repeat(2_000), '{"a":1e400}') },
  );
}

/** The example, cut short, and what is none. */
function otherBodies(example: unknown): fc.Arbitrary<string> {
  const text = String(example);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(text) },
    { weight: 1, arbitrary: fc.nat(text.length).map((end) => text.slice(0, end)) },
    { weight: 1, arbitrary: fc.constantFrom(...hostileTexts) },
  );
}

/** Examples tell of days that may be long gone, or yet to come: moved to yesterday and the day before. */
function recent(text: string): string {
  const day = (ago: number) => new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  return text.replace(/2026-11-2([01])T/g, (_, last) => `${day(last === '1' ? 1 : 2)}T`);
}
