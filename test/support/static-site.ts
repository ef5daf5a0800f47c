/** A built site as the platform serves its files, for tests in a browser: pages without `.html`, the policy, 404. */
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { scriptedIdentity } from './scripted-session.ts';

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

export interface StaticSite {
  readonly origin: string;
  /** Paths of the API that were asked for; each is answered with an empty list, but for who is signed in. */
  readonly asked: string[];
  stop(): Promise<void>;
}

export async function serveStatically(folder: string): Promise<StaticSite> {
  const headers = pageHeadersOf(folder);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    if (/^\/(api|health)/.test(path)) {
      asked.push(path);
      response.writeHead(200, { 'content-type': 'application/json', 'x-cache': 'miss' });
      const isSession = path === '/api/session';
      response.end(
        JSON.stringify(isSession ? { data: scriptedIdentity('analyst') } : { data: [], count: 0 }),
      );
      return;
    }
    const named = path === '/' ? '/index.html' : extname(path) === '' ? `${path}.html` : path;
    const found = existsSync(join(folder, named));
    const name = found ? named : '/404.html';
    response.writeHead(found ? 200 : 404, {
      'content-type': types[extname(name)] ?? 'text/html; charset=utf-8',
      ...headers,
    });
    response.end(readFileSync(join(folder, name)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Those of the first rule in _headers, which holds for every path: the policy must be in force in tests too. */
export function pageHeadersOf(folder: string): Record<string, string> {
  const [, rule = ''] = /^\/\*\n((?: {2}.+\n)+)/.exec(readFileSync(join(folder, '_headers'), 'utf8')) ?? [];
  return Object.fromEntries(
    [...rule.matchAll(/^ {2}([\w-]+): (.+)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
}
