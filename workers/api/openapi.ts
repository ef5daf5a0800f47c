/**
 * The description of the API, OpenAPI 3.1: made from the routes and the schemas that validate them, when the site is
 * built (tools/api-document.ts). Nothing in the Worker imports this file.
 */
import type * as z from 'zod';
import type {
  JsonSchema,
  MediaType,
  OpenApiDocument,
  Operation,
  Parameter,
  PathItem,
} from '../../core/protocol/openapi-document.ts';
import { version } from '../../package.json';
import { answerHeaders, answersOf, problemSchema } from './openapi-answers.ts';
import { jsonSchema } from './openapi-schema.ts';
import type { Route, RouteDoc } from './route.ts';
import { routesOf } from './routes.ts';

const tags: Readonly<Record<Route['tag'], string>> = {
  Events: 'What producers send.',
  Statistics: 'Figures over a range of minutes, up to the open one.',
  Stream: 'The same windows under the names of the stream tables.',
  Alerts: 'What fires, what was resolved, and who has seen it.',
  Annotations: 'What people note beside the figures.',
  Views: 'Pages with their filters and range, under names.',
  Live: 'Pushed as it happens.',
  Access: 'Who asks, and who may.',
  Batch: 'What the batch layer has put right: late events counted, twins dropped; and its runs, for admins.',
  Analytics: 'What was watched, by whom and on what: the warehouse of viewing sessions.',
  Imports: 'Files for the warehouse, and the runs that load them.',
  Catalogue: 'Films and regions: what titles, genres and places the other answers name.',
  Service: 'Health, and this description.',
};

const description = `Real-time analytics for streaming media. Every number counts each event once, however often it was
sent. Ranges are whole minutes by event time, in UTC, with the open minute where it is part of them; \`meta\` of an answer
says how far it can be relied on. Unknown parameters are ignored.

Errors are problem details (RFC 9457); \`type\` is the address of their documentation.`;

/** The description of the product as it is. */
export function productDescription(): OpenApiDocument {
  const events = () => Promise.reject(new Error('The description calls no door.'));
  return openApiDocument(routesOf({ events }));
}

export function openApiDocument(routes: readonly Route[]): OpenApiDocument {
  const shared: Record<string, JsonSchema> = {};
  const paths: Record<string, PathItem> = {};
  const ids = new Set<string>();
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, ids, shared) };
  }
  const used = new Set(routes.map(({ tag }) => tag));
  const names = (Object.keys(tags) as Route['tag'][]).filter((name) => used.has(name));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Marquee',
      version,
      summary: 'Real-time analytics for streaming media',
      description,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The deployment that served this description' }],
    tags: names.map((name) => ({ name, description: tags[name] })),
    paths,
    components: { schemas: { Problem: problemSchema, ...shared }, headers: answerHeaders },
  };
}

function operation(route: Route, ids: Set<string>, shared: Record<string, JsonSchema>): Operation {
  const { doc, role, tag } = route;
  const parameters = [...parametersOf(doc.path, 'path'), ...parametersOf(doc.query, 'query')];
  return {
    operationId: operationId(route, ids),
    summary: doc.summary,
    ...(doc.description === undefined ? {} : { description: doc.description }),
    tags: [tag],
    'x-role': role,
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(doc.body || doc.bodyTypes
      ? { requestBody: { required: true, content: bodyContent(doc, shared) } }
      : {}),
    responses: answersOf(route, shared),
  };
}

/** `GET /api/stats/realtime` is getStatsRealtime; the shorter of two paths that differ by /api alone keeps the name. */
function operationId({ method, path }: Route, taken: Set<string>): string {
  const words = path.split('/').filter((word) => word !== '');
  const named = (parts: readonly string[]) => method.toLowerCase() + parts.map(capitalised).join('');
  const short = named(words.filter((word) => !/^(api|v\d+)$/.test(word)));
  const id = taken.has(short) ? named(words) : short;
  taken.add(id);
  return id;
}

const capitalised = (word: string): string =>
  word
    .split(/\W+/)
    .filter((part) => part !== '')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

function parametersOf(schema: z.ZodObject | undefined, place: Parameter['in']): Parameter[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input', {});
  return Object.entries(properties).map(([name, property]) => {
    const { description = '', example, ...own } = property as JsonSchema & { readonly example?: unknown };
    return {
      name,
      in: place,
      required: place === 'path' || required.includes(name),
      description,
      schema: own,
      ...(example === undefined ? {} : { example: own.type === 'integer' ? Number(example) : example }),
    };
  });
}

function bodyContent(doc: RouteDoc, shared: Record<string, JsonSchema>): Record<string, MediaType> {
  const json: MediaType | null = doc.body
    ? {
        schema: jsonSchema(doc.body, 'input', shared),
        ...(doc.bodyExample === undefined ? {} : { example: doc.bodyExample }),
      }
    : null;
  const others = Object.entries(doc.bodyTypes ?? {}).map(
    ([type, example]) => [type, { schema: { type: 'string' }, example } satisfies MediaType] as const,
  );
  return { ...(json ? { 'application/json': json } : {}), ...Object.fromEntries(others) };
}
