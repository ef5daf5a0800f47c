/**
 * Keeps the pages when the network is away: the live view opens and says that it is not connected, the documentation
 * can be read, and any other page says that the network is away. Pages come from the network whenever it answers, so
 * nothing is ever old because of this. Answers of the API are not touched.
 *
 * Built as /sw.js. `VITE_SERVICE_WORKER=off npm run deploy` deploys one that removes itself (docs/operations.md).
 */
interface Shell {
  /** Digest of all that is kept. */
  readonly version: string;
  /** Paths as the browser asks for them. */
  readonly paths: readonly string[];
}

// The site is checked with the types of a page, which lack these.
interface LastingEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface AskingEvent extends LastingEvent {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  readonly registration: { unregister(): Promise<boolean> };
  skipWaiting(): Promise<void>;
}

const scope = globalThis as unknown as WorkerScope;
/** Filled in by site/vite.config.ts, once all names are known. */
const shell = JSON.parse('%SHELL%') as Shell;
const cacheName = `marquee-${shell.version}`;
const isOff = import.meta.env.VITE_SERVICE_WORKER === 'off';
/** Not pages, though a person may open them. */
const apiPaths = /^\/(?:api|v1|health|metrics|openapi\.json|cdn-cgi)(?:\/|$)/;

addEventListener('install', (event) => {
  const installing = isOff ? Promise.resolve() : keepShell();
  (event as LastingEvent).waitUntil(installing.then(() => scope.skipWaiting()));
});

addEventListener('activate', (event) => {
  (event as LastingEvent).waitUntil(isOff ? leave() : forget((name) => name !== cacheName));
});

addEventListener('fetch', (event) => {
  const { request } = event as AskingEvent;
  const { origin, pathname } = new URL(request.url);
  if (isOff || request.method !== 'GET' || origin !== location.origin || apiPaths.test(pathname)) return;
  if (request.mode === 'navigate') {
    (event as AskingEvent).respondWith(fetch(request).catch(() => keptPage(pathname)));
  } else if (shell.paths.includes(pathname)) {
    (event as AskingEvent).respondWith(fetch(request).catch(() => kept(pathname)));
  }
});

/** What cannot be had now will be missing without a network too; that is no reason to keep nothing. */
async function keepShell(): Promise<void> {
  const cache = await caches.open(cacheName);
  await Promise.allSettled(shell.paths.map((path) => cache.add(new Request(path, { cache: 'no-cache' }))));
}

async function kept(path: string): Promise<Response> {
  const cache = await caches.open(cacheName);
  return (await cache.match(path)) ?? Response.error();
}

async function keptPage(path: string): Promise<Response> {
  return await kept(shell.paths.includes(path) ? path : '/offline');
}

async function forget(isOver: (name: string) => boolean): Promise<void> {
  const names = await caches.keys();
  const over = names.filter((name) => name.startsWith('marquee-') && isOver(name));
  await Promise.all(over.map((name) => caches.delete(name)));
}

/** Also what this very version has kept. */
async function leave(): Promise<void> {
  await forget(() => true);
  await scope.registration.unregister();
}
