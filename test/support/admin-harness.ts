/**
 * The built admin pages with a scripted service behind them, for tests and for looking at them without a back end:
 *   node test/support/admin-harness.ts FOLDER_OF_THE_BUILT_SITE 5181
 */
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Problem, type ProblemCode, problem, problemContentType } from '../../core/protocol/problem.ts';
import type { AuditLine, EmbedRow, KeyRow, PersonRow } from '../../site/admin/rows.ts';
import type { SystemData } from '../../site/system/answer.ts';
import { wholeAccounts } from './scripted-accounts.ts';
import { adminId, scriptedEmbeds, scriptedKeys, scriptedLines, scriptedPeople } from './scripted-admin.ts';
import { answerAnnotations, noAnnotations, type ScriptedAnnotations } from './scripted-annotations.ts';
import { answerBatch, type ScriptedBatch } from './scripted-batch.ts';
import { scriptedLetters, wellSystem } from './scripted-system.ts';
import { answerWarehouse, type ScriptedWarehouse } from './scripted-warehouse.ts';
import { pageHeadersOf } from './static-site.ts';

export interface AdminHarness {
  readonly address: string;
  /** Method and address of what was asked, with its body. */
  readonly asked: { readonly what: string; readonly body: unknown }[];
  keys: KeyRow[];
  people: PersonRow[];
  embeds: EmbedRow[];
  lines: AuditLine[];
  role: PersonRow['role'];
  /** What the next questions whose `METHOD path` begins so are answered; null: as asked. */
  fault: { readonly of: string; readonly code: ProblemCode; readonly errors?: Problem['errors'] } | null;
  /** The answer of the check, once all earlier pieces are given. */
  check: unknown;
  pieces: unknown[];
  accounts: object;
  system: SystemData;
  delayMs: number;
  readonly batch: ScriptedBatch;
  readonly warehouse: ScriptedWarehouse;
  readonly annotations: ScriptedAnnotations;
  stop(): Promise<void>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const csvColumns: readonly (readonly [string, readonly string[]])[] = [
  ['/api/batch/', ['movie_id', 'view_count']],
  ['/api/analytics/', ['rank', 'views']],
];
const regionNames = [
  'ASIA-Mumbai ASIA-Singapore ASIA-Tokyo AF-CapeTown CA-Toronto EU-Frankfurt EU-London EU-Paris',
  'OC-Sydney SA-SaoPaulo US-California US-Virginia',
].flatMap((names) => names.split(' '));

export async function startAdminHarness(folder: string, port = 0): Promise<AdminHarness> {
  const server = createServer((request, response) => void serve(harness, folder, request, response));
  const harness = {
    address: '',
    asked: [] as AdminHarness['asked'],
    keys: scriptedKeys(),
    people: scriptedPeople(),
    embeds: scriptedEmbeds(),
    lines: scriptedLines(160),
    role: 'admin' as PersonRow['role'],
    fault: null as AdminHarness['fault'],
    check: {
      ok: true,
      rows: 4_211,
      total: 4_211,
      removed: 0,
      done: true,
      next: null,
      fault: null,
      anchors: 43,
      newest_anchor: { seq: 4_205, at: new Date().toISOString() },
    } as unknown,
    pieces: [] as unknown[],
    accounts: wholeAccounts as object,
    system: wellSystem(),
    delayMs: 0,
    batch: { isEmpty: false, isWhole: false },
    warehouse: { isEmpty: false },
    annotations: noAnnotations(),
    stop: () => stopped(server),
  };
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  harness.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return harness;
}

function stopped(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(
  harness: AdminHarness,
  folder: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://harness');
  if (!url.pathname.startsWith('/api/')) return file(folder, url.pathname, response);
  const sent = await text(request);
  const body = (sent === '' ? {} : JSON.parse(sent)) as Record<string, unknown>;
  harness.asked.push({ what: `${request.method} ${url.pathname}${url.search}`, body });
  await sleep(harness.delayMs);
  const { fault } = harness;
  const isFaulty = fault && `${request.method} ${url.pathname}`.startsWith(fault.of);
  const answer = isFaulty
    ? problem(fault.code, 'The database did not answer in time.', fault.errors)
    : url.pathname.startsWith('/api/annotations')
      ? answerAnnotations(harness.annotations, request.method ?? 'GET', url, body)
      : answerTo(harness, `${request.method} ${url.pathname}`, url.searchParams, body);
  const isProblem = 'status' in answer && 'code' in answer;
  if (request.headers.accept === 'text/csv' && 'data' in answer) {
    // Two columns are enough to see whose file it is.
    const names = csvColumns.find(([path]) => url.pathname.startsWith(path))?.[1] ?? ['seq', 'result'];
    const rows = (answer.data as Record<string, unknown>[]).map((row) => names.map((name) => row[name]));
    const csv = [names, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
    const { next_cursor: next } = ('meta' in answer ? answer.meta : {}) as { next_cursor?: string | null };
    response.writeHead(200, { 'content-type': 'text/csv', ...(next ? { 'x-next-cursor': next } : {}) });
    response.end(csv);
    return;
  }
  response.writeHead(isProblem ? Number(answer.status) : 200, {
    'content-type': isProblem ? problemContentType : 'application/json',
  });
  response.end(JSON.stringify(answer));
}

function file(folder: string, path: string, response: ServerResponse): void {
  const named = join(folder, path === '/' ? 'index.html' : extname(path) === '' ? `${path}.html` : path);
  const name = existsSync(named) ? named : join(folder, '404.html');
  response.writeHead(name === named ? 200 : 404, {
    'content-type': types[extname(name)] ?? 'text/html; charset=utf-8',
    ...pageHeadersOf(folder),
  });
  response.end(readFileSync(name));
}

function answerTo(
  harness: AdminHarness,
  what: string,
  query: URLSearchParams,
  body: Record<string, unknown>,
): object {
  const scripted = answerBatch(harness.batch, what, query) ?? answerWarehouse(harness.warehouse, what, query);
  if (scripted !== null) return scripted;
  const [, list, id, verb] = /^POST \/api\/(?:admin\/)?(\w+)\/(\w+)\/(\w+)$/.exec(what) ?? [];
  if (list === 'keys' && verb === 'revoke') return { data: revoked(harness, id ?? '') };
  if (list === 'embeds' && verb === 'revoke') return { data: takenBack(harness, id ?? '') };
  if (list === 'people' && verb === 'disable') return { data: disabled(harness, id ?? '') };
  if (list === 'people' && verb === 'token') return withToken(harness.people.find((one) => one.id === id));
  switch (what) {
    case 'GET /api/session': {
      const { role } = harness;
      return {
        data: { id: adminId, name: 'Mei Tanaka', role, regions: null, via: 'session', expires_at: null },
      };
    }
    case 'GET /api/stats/regions':
      return { data: regionNames.map((region) => ({ region })) };
    case 'GET /api/admin/keys':
      return { data: harness.keys, count: harness.keys.length };
    case 'GET /api/admin/people':
      return { data: harness.people, count: harness.people.length };
    case 'GET /api/embeds':
      return { data: harness.embeds, count: harness.embeds.length };
    case 'GET /api/system':
      return { data: { ...harness.system, at: new Date().toISOString() } };
    case 'GET /api/admin/dead-letters':
      return scriptedLetters;
    case 'POST /api/admin/dead-letters/redrive':
      return { data: (body.keys as string[]).map((key) => ({ key, outcome: 'sent' })) };
    case 'GET /api/reconcile':
      return harness.accounts;
    case 'GET /api/admin/audit':
      return page(harness.lines, query);
    case 'GET /api/admin/audit/check':
      return { data: harness.pieces.shift() ?? harness.check };
    case 'POST /api/admin/keys':
      return madeKey(harness, body);
    case 'POST /api/admin/people':
      return madePerson(harness, body);
    default:
      return problem('not_found', what);
  }
}

function page(lines: readonly AuditLine[], query: URLSearchParams): object {
  const limit = Number(query.get('limit'));
  const before = Number(query.get('cursor') ?? Number.MAX_SAFE_INTEGER);
  const wanted = (['actor', 'action', 'result'] as const).filter((name) => query.has(name));
  const found = lines.filter(
    (line) => line.seq < before && wanted.every((name) => line[name] === query.get(name)),
  );
  const data = found.slice(0, limit);
  return { data, meta: { next_cursor: found.length > limit ? String(data.at(-1)?.seq) : null } };
}

function madeKey(harness: AdminHarness, body: Record<string, unknown>): object {
  const id = `new${harness.keys.length}key`;
  const made = { created_at: new Date().toISOString(), created_by: adminId, last_used_at: null };
  const data = { id, state: 'active', revoked_at: null, ...made, ...body } as KeyRow;
  harness.keys = [data, ...harness.keys];
  return { data, key: `mq_local_${id}_${'k'.repeat(50)}` };
}

function takenBack(harness: AdminHarness, id: string): EmbedRow | undefined {
  const over = { state: 'revoked', revoked_at: new Date().toISOString() } as const;
  harness.embeds = harness.embeds.map((embed) => (embed.id === id ? { ...embed, ...over } : embed));
  return harness.embeds.find((embed) => embed.id === id);
}

function madePerson(harness: AdminHarness, body: Record<string, unknown>): object {
  const made = { created_at: new Date().toISOString(), created_by: adminId, last_seen_at: null };
  const id = `new${harness.people.length}person`;
  const data = { id, has_token: true, disabled_at: null, ...made, ...body } as PersonRow;
  harness.people = [...harness.people, data];
  return withToken(data);
}

const withToken = (data: PersonRow | undefined): object => ({
  data,
  token: `mqp_${data?.id}_${'t'.repeat(44)}`,
});

function revoked(harness: AdminHarness, id: string): KeyRow | undefined {
  const change = { state: 'revoked', revoked_at: new Date().toISOString() } as const;
  harness.keys = harness.keys.map((key) => (key.id === id ? { ...key, ...change } : key));
  return harness.keys.find((key) => key.id === id);
}

function disabled(harness: AdminHarness, id: string): PersonRow | undefined {
  const disabled_at = new Date().toISOString();
  harness.people = harness.people.map((one) => (one.id === id ? { ...one, disabled_at } : one));
  return harness.people.find((one) => one.id === id);
}

const [, script, folder, port] = process.argv;
if (script === fileURLToPath(import.meta.url) && folder !== undefined) {
  const { address } = await startAdminHarness(folder, Number(port ?? 5181));
  console.info(address);
}
