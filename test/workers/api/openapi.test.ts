// The description of the API against the routes, the problems and real answers.
import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Answer, Operation } from '../../../core/protocol/openapi-document.ts';
import { type ProblemCode, problemContentType, problems } from '../../../core/protocol/problem.ts';
import { createApp } from '../../../workers/api/app.ts';
import { openApiDocument, productDescription } from '../../../workers/api/openapi.ts';
import type { Route } from '../../../workers/api/route.ts';
import { routesOf } from '../../../workers/api/routes.ts';
import { handleEvents } from '../../../workers/ingest/handle-events.ts';
import { credentialed } from '../test-credentials.ts';

const document = productDescription();
const doors = { events: handleEvents };
const app = createApp(doors);
const routes = routesOf(doors);

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]): [string, string, Operation] => [
    method.toUpperCase(),
    path,
    operation,
  ]),
);

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const ctx = createExecutionContext();
  const response = await app.fetch(credentialed(new Request(`http://127.0.0.1:8787${path}`, init)), env, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

function codesOf(answer: Answer | undefined): string[] {
  return Object.keys(answer?.content?.[problemContentType]?.examples ?? {});
}

describe('[API-6] the description', () => {
  test('has every route, and nothing else', () => {
    const declared = routes.map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    expect(operations.map(([method, path]) => `${method} ${path}`)).toEqual(declared);
    expect(declared.length).toBeGreaterThan(7);
  });

  test.each(operations)('%s %s is complete', (_method, path, operation) => {
    expect(operation.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(operation.operationId).toMatch(/^(get|post|put|delete)[A-Z]\w+$/);
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const parameters = operation.parameters ?? [];
    expect(parameters.filter(({ in: place }) => place === 'path').map(({ name }) => name)).toEqual(names);
    for (const { description, example, name } of parameters) {
      expect([name, description.length > 0, example !== undefined]).toEqual([name, true, true]);
    }
    const statuses = Object.keys(operation.responses);
    expect(statuses).toEqual(statuses.toSorted());
    expect(statuses).toContain('500');
    for (const [status, answer] of Object.entries(operation.responses)) {
      expect(Object.keys(answer.headers ?? {})).toContain('x-request-id');
      for (const code of codesOf(answer)) {
        expect(problems[code as ProblemCode].status).toBe(Number(status));
      }
    }
  });

  test('the ids of operations differ', () => {
    const ids = operations.map(([, , { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('paths that differ by /api alone have different ids', () => {
    const [first] = routes;
    const twins = ['/health', '/api/health'].map((path) => ({ ...(first as Route), path }));
    const described = openApiDocument(twins);
    expect(Object.values(described.paths).map(({ get }) => get?.operationId)).toEqual([
      'getHealth',
      'getApiHealth',
    ]);
  });

  test('numbers are told as numbers, with their bounds', () => {
    const minutes = document.paths['/api/stats/realtime']?.get?.parameters?.find(
      ({ name }) => name === 'minutes',
    );
    expect(minutes?.schema).toEqual({ type: 'integer', minimum: 1, maximum: 1440 });
    expect(minutes?.example).toBeTypeOf('number');
  });

  test('the event is the one that validates, and is written once', () => {
    const body = document.paths['/v1/events']?.post?.requestBody?.content['application/json'];
    expect(body?.schema.anyOf?.[0]).toEqual({ $ref: '#/components/schemas/Event' });
    expect(document.components.schemas.Event?.properties).toMatchObject({
      rating: { anyOf: [{ minimum: 1, maximum: 10 }, { type: 'null' }] },
    });
    expect(JSON.stringify(document)).not.toContain('#/$defs/');
  });
});

describe('[API-6] real answers are what the description says', () => {
  const withAnswer = routes.filter(({ doc }) => doc.example !== undefined && doc.answer !== undefined);

  test.each(withAnswer)('the example of $method $path fits its schema', ({ doc }) => {
    expect(z.safeParse(doc.answer as z.ZodType, doc.example).error).toBeUndefined();
  });

  test('the example of the events is accepted', async () => {
    const content = document.paths['/v1/events']?.post?.requestBody?.content ?? {};
    for (const [type, { example }] of Object.entries(content)) {
      const body = typeof example === 'string' ? example : JSON.stringify(example);
      const response = await ask('/v1/events', { method: 'POST', body, headers: { 'content-type': type } });
      expect(response.status).toBe(202);
      const answer = z.safeParse(routes.find(({ path }) => path === '/v1/events')?.doc.answer as z.ZodType, {
        ...(await response.json<object>()),
      });
      expect(answer.data).toMatchObject({ received: 1, accepted: 1 });
    }
  });

  test.each(['/health', '/api/health'])('%s', async (path) => {
    const schema = document.paths[path]?.get?.responses['200']?.content?.['application/json']?.schema;
    const answer = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
    expect(z.safeParse(answer, await (await ask(path)).json()).error).toBeUndefined();
  });
});
