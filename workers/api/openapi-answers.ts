/** The answers of an operation: what it gives, and each problem that it may end in. */
import type { Answer, JsonSchema, MediaType, OpenApiDocument } from '../../core/protocol/openapi-document.ts';
import { type ProblemCode, problem, problemContentType, problems } from '../../core/protocol/problem.ts';
import { problemHelp } from '../../core/protocol/problem-help.ts';
import { isShared } from './edge-cache.ts';
import { isTagged } from './entity-tag.ts';
import { jsonSchema } from './openapi-schema.ts';
import type { Route } from './route.ts';

export const answerHeaders: OpenApiDocument['components']['headers'] = {
  RequestId: {
    description: 'Names the request in answers, problems and logs: the one that was sent, or a new one',
    schema: { type: 'string' },
    example: '0190f3c2-5a61-7c1e-9f0e-3f6f4d2b8a11',
  },
  ProcessTime: {
    description: 'How long the answer waited for its sources, in seconds',
    schema: { type: 'string', pattern: '^\\d+\\.\\d{3}s$' },
    example: '0.025s',
  },
  ServerTiming: {
    description: 'The same in milliseconds, and its parts',
    schema: { type: 'string' },
    example: 'total;dur=25, shards;dur=9, d1;dur=16',
  },
  ETag: {
    description: 'Digest of the answer, for If-None-Match',
    schema: { type: 'string' },
    example: '"h3J9c0a1Q2s8d7F6"',
  },
  Cache: {
    description: 'Whether the answer was shared with others at the edge, for at most 2 s',
    schema: { type: 'string', enum: ['hit', 'miss', 'bypass'] },
    example: 'miss',
  },
  RetryAfter: {
    description: 'Seconds after which another try may fare better',
    schema: { type: 'string', pattern: '^\\d+$' },
    example: '2',
  },
  RateLimit: {
    description: "What is left to the producer's key, by limit; absent without a key (IETF draft)",
    schema: { type: 'string' },
    example: '"events";r=9900;t=1, "bytes";r=10461337;t=1',
  },
  RateLimitPolicy: {
    description: "The limits of the producer's key; absent without a key (IETF draft)",
    schema: { type: 'string' },
    example: '"events";q=10000;w=10;qu="events", "bytes";q=10485760;w=10;qu="content-bytes"',
  },
};

type HeaderName = keyof typeof answerHeaders;

const headerRefs = (names: Readonly<Record<string, HeaderName>>): NonNullable<Answer['headers']> =>
  Object.fromEntries(
    Object.entries(names).map(([name, component]) => [name, { $ref: `#/components/headers/${component}` }]),
  );

const everywhere = {
  'x-request-id': 'RequestId',
  'x-process-time': 'ProcessTime',
  'server-timing': 'ServerTiming',
};

/** Of answers to producers: 202 and 429. */
const rateHeaders = { ratelimit: 'RateLimit', 'ratelimit-policy': 'RateLimitPolicy' } as const;

/** By status, in order. */
export function answersOf(route: Route, shared: Record<string, JsonSchema>): Record<string, Answer> {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(route)) {
    const { status } = problems[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const entries: [number, Answer][] = [
    [route.doc.status ?? 200, success(route, shared)],
    ...(isTagged(route) ? [[304, notModified(route)] as [number, Answer]] : []),
    ...[...byStatus].map(([status, codes]): [number, Answer] => [
      status,
      problemAnswer(status, codes, route),
    ]),
  ];
  return Object.fromEntries(
    entries.sort(([a], [b]) => a - b).map(([status, answer]) => [String(status), answer]),
  );
}

function notModified(route: Route): Answer {
  return {
    description: 'The caller holds this answer already (If-None-Match)',
    headers: headerRefs({ ...everywhere, ...cacheHeaders(route) }),
  };
}

function cacheHeaders(route: Route): Readonly<Record<string, HeaderName>> {
  return { ...(isTagged(route) && { etag: 'ETag' }), ...(isShared(route) && { 'x-cache': 'Cache' }) };
}

function success(route: Route, shared: Record<string, JsonSchema>): Answer {
  const { doc } = route;
  const content: Record<string, MediaType> = {};
  if (doc.answer) {
    content['application/json'] = {
      schema: jsonSchema(doc.answer, 'output', shared),
      ...(doc.example === undefined ? {} : { example: doc.example }),
    };
  }
  if (doc.csv)
    content['text/csv'] = { schema: { type: 'string', description: 'The rows of `data`, with a header' } };
  if (doc.answerType) content[doc.answerType] = { schema: { type: 'string' } };
  const description = { 101: 'The connection is now a WebSocket', 202: 'Taken', 200: 'The answer' }[
    doc.status ?? 200
  ];
  return {
    description,
    headers: headerRefs({
      ...everywhere,
      ...cacheHeaders(route),
      ...(route.role === 'producer' ? rateHeaders : {}),
    }),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  };
}

/** Whatever is asked. */
const anywhere: readonly ProblemCode[] = ['internal_error', 'not_configured'];

/** What every route of its kind may end in, and what this one may. */
function problemsOf({ role, doc }: Route): readonly ProblemCode[] {
  const asked: ProblemCode[] = doc.query || doc.path ? ['invalid_parameter'] : [];
  const guarded: ProblemCode[] =
    role === 'public' ? [] : ['unauthorized', 'forbidden', 'storage_unavailable', 'not_migrated'];
  const found = new Set<ProblemCode>([...asked, ...guarded, ...(doc.problems ?? []), ...anywhere]);
  return Object.keys(problems).filter((code): code is ProblemCode => found.has(code as ProblemCode));
}

function problemAnswer(status: number, codes: readonly ProblemCode[], { role }: Route): Answer {
  const headers = {
    ...everywhere,
    ...(status === 503 || status === 429 ? { 'retry-after': 'RetryAfter' as const } : {}),
    ...(status === 429 && role === 'producer' ? rateHeaders : {}),
  };
  return {
    description: codes.map((code) => `\`${code}\`: ${problemHelp[code].meaning}`).join('\n\n'),
    headers: headerRefs(headers),
    content: {
      [problemContentType]: {
        schema: {
          allOf: [
            { $ref: '#/components/schemas/Problem' },
            {
              type: 'object',
              properties: {
                type: { enum: codes.map((code) => problem(code, '').type) },
                status: { const: status },
                code: { enum: codes },
              },
            },
          ],
        },
        examples: Object.fromEntries(codes.map((code) => [code, problemExample(code)])),
      },
    },
  };
}

function problemExample(code: ProblemCode) {
  const errors =
    code === 'invalid_parameter'
      ? [{ parameter: 'minutes', message: 'must be a whole number from 1 to 1440' }]
      : undefined;
  const detail = errors ? 'minutes must be a whole number from 1 to 1440' : problemHelp[code].meaning;
  return {
    summary: problems[code].title,
    value: { ...problem(code, detail, errors), request_id: '0190f3c2-5a61-7c1e-9f0e-3f6f4d2b8a11' },
  };
}

export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457), the form of every error answer',
  properties: {
    type: {
      type: 'string',
      format: 'uri-reference',
      description: 'Address of the documentation of this kind',
    },
    title: { type: 'string', description: 'The kind in words; always the same for a code' },
    status: { type: 'integer', description: 'The status of the answer' },
    detail: { type: 'string', description: 'What happened this time' },
    code: { type: 'string', enum: Object.keys(problems), description: 'The kind, for programs' },
    request_id: { type: 'string', description: 'As in the header `x-request-id`' },
    errors: {
      type: 'array',
      description: 'Parameters or fields at fault',
      items: {
        type: 'object',
        properties: {
          parameter: { type: 'string', description: 'Name of a parameter' },
          pointer: { type: 'string', description: 'RFC 6901 pointer into the body' },
          message: { type: 'string', description: 'What is wrong with it' },
        },
        required: ['message'],
      },
    },
  },
  required: ['type', 'title', 'status', 'detail', 'code', 'request_id'],
};
