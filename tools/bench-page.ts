// What a page costs its browser, by the DevTools protocol: the main thread's time, its longest task, the heap.
import type { Browser, CDPSession, Page } from 'playwright-core';

export interface MainThread {
  /** Parts of the time, 0 to 1. */
  readonly busy: number;
  readonly script: number;
  readonly layout: number;
  /** Of the processor, without what other processes took of it. */
  readonly processor: number;
}

/** Seconds since the page began, but for counts. */
type Metrics = Readonly<Record<string, number>>;

export class PageCost {
  readonly #session: CDPSession;

  private constructor(session: CDPSession) {
    this.#session = session;
  }

  static async of(page: Page): Promise<PageCost> {
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    return new PageCost(session);
  }

  async mainThread(page: Page, forMs: number): Promise<MainThread> {
    const before = await this.#metrics();
    await page.waitForTimeout(forMs);
    const after = await this.#metrics();
    const part = (...names: string[]): number => {
      const seconds = names.reduce((sum, name) => sum + (after[name] ?? 0) - (before[name] ?? 0), 0);
      return seconds / ((after.Timestamp ?? 0) - (before.Timestamp ?? 0));
    };
    return {
      busy: part('TaskDuration'),
      script: part('ScriptDuration'),
      layout: part('LayoutDuration', 'RecalcStyleDuration'),
      processor: part('ThreadTime'),
    };
  }

  /** What stays after a collection of garbage. */
  async held(): Promise<{ readonly heapBytes: number; readonly nodes: number; readonly listeners: number }> {
    await this.#session.send('HeapProfiler.collectGarbage');
    const { JSHeapUsedSize = 0, Nodes = 0, JSEventListeners = 0 } = await this.#metrics();
    return { heapBytes: JSHeapUsedSize, nodes: Nodes, listeners: JSEventListeners };
  }

  /** Bytes of what scripts hold after a collection: objects, arrays, strings, functions. Not of code that was compiled. */
  async objects(): Promise<number> {
    const chunks: string[] = [];
    const take = ({ chunk }: { readonly chunk: string }): void => {
      chunks.push(chunk);
    };
    this.#session.on('HeapProfiler.addHeapSnapshotChunk', take);
    await this.#session.send('HeapProfiler.collectGarbage');
    await this.#session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
    this.#session.off('HeapProfiler.addHeapSnapshotChunk', take);
    return objectBytes(JSON.parse(chunks.join('')) as HeapSnapshot);
  }

  async #metrics(): Promise<Metrics> {
    const { metrics } = await this.#session.send('Performance.getMetrics');
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  }
}

/** As V8 writes it: numbers in a row, so many a node. */
interface HeapSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      /** Of the first field: its names. */
      readonly node_types: readonly [readonly string[], ...unknown[]];
    };
  };
  readonly nodes: readonly number[];
}

/** Not the browser's own (`native`), nor what the engine makes to run scripts (`code`, `object shape`). */
const heldTypes: ReadonlySet<string | undefined> = new Set([
  'object',
  'array',
  'closure',
  'regexp',
  'number',
  'string',
  'concatenated string',
  'sliced string',
]);

function objectBytes({ snapshot: { meta }, nodes }: HeapSnapshot): number {
  const [type, size] = ['type', 'self_size'].map((name) => meta.node_fields.indexOf(name)) as [
    number,
    number,
  ];
  let bytes = 0;
  for (let at = 0; at < nodes.length; at += meta.node_fields.length)
    if (heldTypes.has(meta.node_types[0][nodes[at + type] ?? -1])) bytes += nodes[at + size] ?? 0;
  return bytes;
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds; tdur is the processor's. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** Milliseconds of every task of the renderers' main threads, the one that used the processor longest first, while `forMs` goes by. */
export async function tracedTasks(
  browser: Browser,
  page: Page,
  forMs: number,
): Promise<{ readonly wallMs: number; readonly processorMs: number }[]> {
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await page.waitForTimeout(forMs);
  const trace = JSON.parse(String(await browser.stopTracing())) as { traceEvents: TraceEvent[] };
  const mainThreads = new Set(
    trace.traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return trace.traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && mainThreads.has(`${pid} ${tid}`))
    .map(({ dur = 0, tdur = 0 }) => ({ wallMs: dur / 1000, processorMs: tdur / 1000 }))
    .sort((a, b) => b.processorMs - a.processorMs);
}
