// What an isolate costs before its first request: compiling the built Worker and running its modules' top level, in workerd,
// beside a Worker that has nothing to start; and what there is to upload.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { buildWorker } from '../bench-product.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';
import { compatibilityDate, cpuUs, runtimePid } from '../bench-workerd.ts';

const rounds = 15;
const warmUps = 5;

/** Starts what it is asked for as `wrangler check startup` does: by an import within a request. */
const entry = `export default { async fetch(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/empty') await import('./empty.js');
  if (pathname === '/product') await import('./product.js');
  return new Response();
} };`;
const empty = `import { DurableObject } from 'cloudflare:workers';
export class Nothing extends DurableObject {}
export default { fetch: () => new Response() };`;

interface Started {
  readonly emptyMs: number;
  readonly productMs: number;
}

/** In a runtime of its own, since an isolate starts once. */
async function start(product: string): Promise<Started> {
  const module = (path: string, contents: string) => ({ type: 'ESModule' as const, path, contents });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      modulesRoot: '/',
      modules: [module('/entry.js', entry), module('/empty.js', empty), module('/product.js', product)],
      compatibilityDate,
      compatibilityFlags: ['nodejs_compat'],
    }),
  );
  try {
    const url = await miniflare.ready;
    const pid = runtimePid();
    const cpuMsOf = async (path: string): Promise<number> => {
      const before = cpuUs(pid);
      const response = await fetch(new URL(path, url));
      if (!response.ok) throw new Error(await response.text());
      await response.text();
      return (cpuUs(pid) - before) / 1000;
    };
    for (let n = 0; n < warmUps; n++) await cpuMsOf('/warm');
    const emptyMs = await cpuMsOf('/empty');
    return { emptyMs, productMs: await cpuMsOf('/product') };
  } finally {
    await miniflare.dispose();
  }
}

async function run(): Promise<Report> {
  const product = readFileSync(buildWorker());
  const started: Started[] = [];
  for (let round = 0; round < rounds; round++) started.push(await start(product.toString()));
  const kb = (length: number): number => Math.round(length / 102.4) / 10;
  const gzippedKb = kb(gzipSync(product).length);
  const row = (what: string, of: readonly number[], code: Uint8Array) => {
    const { measured, spread = '' } = middleOf(of);
    return {
      what,
      'CPU, ms': measured,
      spread,
      KB: kb(code.length),
      'KB, gzipped': kb(gzipSync(code).length),
    };
  };
  const emptyMs = started.map((one) => one.emptyMs);
  const above = started.map(({ emptyMs: floor, productMs }) => productMs - floor);
  return {
    settings: {
      rounds: `${rounds}, each in a runtime of its own, the empty Worker before the product`,
      time: 'of the processor, all threads of the runtime, of the request that imports the module',
    },
    rows: [
      row('floor: an empty Worker', emptyMs, Buffer.from(empty)),
      row(
        'the built Worker',
        started.map((one) => one.productMs),
        product,
      ),
    ],
    targets: [
      { what: 'CPU to start, above an empty Worker, ms', ...middleOf(above), atMost: 50 },
      { what: 'the bundle, gzipped, KB', measured: gzippedKb, atMost: 300 },
    ],
  };
}

const bench: Bench = {
  name: 'startup',
  describe:
    'CPU of the runtime to compile the built Worker and run its top level, beside an empty Worker, and its size.',
  notes: [
    'Schemas of zod were two thirds of it, three thousand of them; they are made when a request first needs them, which is a millisecond at most for a route. What was measured and what did not help: [0028](decisions/0028-schemas-are-made-on-first-use.md).',
    'What is left is compiling the script (a third), the routes of Hono, and the tables of drizzle.',
  ],
  run,
};
export default bench;
