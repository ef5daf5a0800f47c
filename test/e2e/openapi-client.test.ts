// [API-6] A client that knows nothing but /openapi.json, and does not mean well: 5,000 requests to the real runtime.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { Pool } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod';
import type { JsonSchema, OpenApiDocument } from '../../core/protocol/openapi-document.ts';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { type ApiRequest, apiRequests } from './api-requests.ts';

const seed = Number(process.env.E2E_SEED ?? 1);
const requestsTotal = 5_000;
const connections = 16;

let folder = '';
let runtime: Runtime;
let pool: Pool;
let document: OpenApiDocument;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-client-'));
  runtime = await startRuntime({ persistTo: folder });
  pool = new Pool(runtime.url, { connections, pipelining: 1 });
  const { body } = await pool.request({ path: '/openapi.json', method: 'GET' });
  document = (await body.json()) as OpenApiDocument;
  for (const [name, text] of Object.entries(files)) await upload(name, text);
});

afterAll(async () => {
  await pool?.close();
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Those that the example of an ETL run names, as short as they may be. */
const files = {
  'users.csv': 'id\nu-1\n',
  'viewing_sessions.csv': 'id,user_id,movie_id,start_time,end_time\n',
};

async function upload(name: string, body: string): Promise<void> {
  const { admin_token: token } = runtime.credentials;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'text/csv' };
  const answer = await pool.request({ path: `/api/admin/imports/${name}`, method: 'PUT', headers, body });
  expect([name, answer.statusCode, await answer.body.text()]).toEqual([name, 200, expect.any(String)]);
}

const validators = new Map<JsonSchema, z.ZodType>();

/** What is wrong with a value by a schema of the document; nothing if it fits. */
function faults(value: unknown, schema: JsonSchema): string[] {
  let validator = validators.get(schema);
  if (!validator) {
    const text = JSON.stringify({ ...schema, $defs: document.components.schemas })
      .replaceAll('#/components/schemas/', '#/$defs/')
      // zod takes a reference for a whole URL.
      .replaceAll('"format":"uri-reference",', '');
    validator = z.fromJSONSchema(JSON.parse(text) as Parameters<typeof z.fromJSONSchema>[0]);
    validators.set(schema, validator);
  }
  const { error } = validator.safeParse(value);
  return error ? [z.prettifyError(error)] : [];
}

/** Mostly who may; each tenth request is somebody else's. */
function credentialFor({ operation }: ApiRequest, n: number): string {
  const { ingest_key, admin_token, analyst_token, viewer_token } = runtime.credentials;
  const others = [analyst_token, viewer_token, ingest_key, ''];
  if (n % 10 === 0) return others[(n / 10) % others.length] ?? '';
  return operation['x-role'] === 'producer' ? ingest_key : admin_token;
}

/** Sends one request, and says in what its answer is not as declared. */
async function judge({ operation, method, path, headers, body }: ApiRequest, credential: string) {
  const shown = { ...headers, ...(credential !== '' && { authorization: `Bearer ${credential}` }) };
  const answer = await pool.request({ method, path, headers: shown, body });
  const text = await answer.body.text();
  const status = String(answer.statusCode);
  const declared = operation.responses[status];
  if (!declared) return { status, wrong: [`status ${status} is not declared: ${text.slice(0, 300)}`] };
  const wrong = status === '500' ? [`the service failed: ${text.slice(0, 300)}`] : [];
  if (!answer.headers['x-request-id']) wrong.push('no x-request-id');
  const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
  const content = declared.content?.[type];
  if (method === 'HEAD' || !declared.content) {
    if (text !== '') wrong.push('a body where none belongs');
  } else if (!content) {
    wrong.push(`content type ${type} is not declared`);
  } else if (type.endsWith('json')) {
    wrong.push(...faults(JSON.parse(text), content.schema));
  }
  return { status, wrong };
}

it('[API-6] every answer to 5,000 requests is one that the description declares, and none is a 500', async () => {
  console.log(`seed ${seed}`);
  const requests = fc.sample(apiRequests(document), { numRuns: requestsTotal, seed });
  expect(requests.length).toBe(requestsTotal);
  const wrong = new Map<string, string[]>();
  const seen = new Map<string, number>();
  const queue = requests.entries();
  const startedAt = performance.now();
  const worker = async () => {
    for (const [n, request] of queue) {
      const judged = await judge(request, credentialFor(request, n));
      const key = `${request.operation.operationId} ${judged.status}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      for (const fault of judged.wrong) {
        const { operation: _, ...sent } = request;
        wrong.set(fault, [...(wrong.get(fault) ?? []), JSON.stringify(sent).slice(0, 1_000)]);
      }
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - startedAt) / 1000;
  const counts = [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => `  ${key}: ${count}`);
  console.log(`${requestsTotal} requests in ${seconds.toFixed(1)} s\n${counts.join('\n')}`);
  const faultsFound = [...wrong].map(([fault, sent]) => `${fault} (${sent.length}), after ${sent[0]}`);
  expect(faultsFound.slice(0, 10)).toEqual([]);
  // A client that only meets refusals shows nothing: every operation succeeds now and then. (But for those about a
  // thing by its id, or signing in: it has no id of a thing that exists, and no token.)
  const ids = requests
    .filter(({ operation: { operationId, parameters = [] } }) => {
      return operationId !== 'postSession' && parameters.every(({ in: place }) => place === 'query');
    })
    .map(({ operation }) => operation.operationId);
  const succeeded = [...seen.keys()].filter((key) => / 20\d$/.test(key)).map((key) => key.split(' ')[0]);
  // One about a thing by its id may do so too, where the example names one that exists.
  expect([...new Set(ids)].filter((id) => !succeeded.includes(id))).toEqual([]);
});
