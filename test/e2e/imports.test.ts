// Files to import against the running Worker: uploads over real connections, whole and broken off.
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import { askRuntime, bearerOf } from '../support/local-client.ts';

const path = '/api/admin/imports';
let folder = '';
let runtime: Runtime;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'marquee-imports-'));
  runtime = await startRuntime({ persistTo: folder });
});

afterAll(async () => {
  await runtime?.stop();
  await rm(folder, { recursive: true, force: true });
});

const upload = (name: string, body: RequestInit['body']) =>
  askRuntime(runtime, `${path}/${name}`, { method: 'PUT', body: body ?? null });

async function sizes(): Promise<Record<string, number>> {
  const response = await askRuntime(runtime, path, { role: 'analyst' });
  const { data } = (await response.json()) as { data: { name: string; size_bytes: number }[] };
  return Object.fromEntries(data.map(({ name, size_bytes: bytes }) => [name, bytes]));
}

test('[IMP-6] a large file is taken whole, and what is no file is told at once', async () => {
  const rows = Array.from({ length: 400_000 }, (_, i) => `user-${i},name ${i},user-${i}@example.org`);
  const text = ['id,username,email', ...rows, ''].join('\n');
  const answer = (await (await upload('users-large.csv', text)).json()) as { data: unknown };
  expect(answer.data).toMatchObject({ size_bytes: text.length, problem: null, table: 'users' });
  expect(await sizes()).toEqual({ 'users-large.csv': text.length });
  const wrong = (await (await upload('movies.csv', text)).json()) as { data: unknown };
  expect(wrong.data).toMatchObject({ problem: 'its header lacks the column title' });
});

test('[IMP-6] an upload that breaks off leaves what was there before', async () => {
  const text = 'id\n1\n2\n';
  await upload('users.csv', text);
  const { hostname, port } = new URL(runtime.url);
  for (const name of ['users.csv', 'users-new.csv']) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      [
        `PUT ${path}/${name} HTTP/1.1`,
        `host: ${hostname}:${port}`,
        `authorization: ${bearerOf(runtime).authorization}`,
        'content-length: 1000000',
        '',
        `id\n${'9\n'.repeat(200_000)}`,
      ].join('\r\n'),
    );
    await sleep(500);
    socket.destroy();
  }
  await sleep(500);
  const found = await sizes();
  expect(found['users.csv']).toBe(text.length);
  expect(Object.keys(found)).not.toContain('users-new.csv');
});

test('[IMP-6] a body of unknown length is asked to say it', async () => {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('id\n1\n'));
      controller.close();
    },
  });
  const response = await askRuntime(runtime, `${path}/users.csv`, {
    method: 'PUT',
    body: stream,
    duplex: 'half',
  } as RequestInit);
  expect(await response.json()).toMatchObject({ status: 411, code: 'length_required' });
});
