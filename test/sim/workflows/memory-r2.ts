/** R2 in memory: what runs keep between their steps, and files. Each call is an operation of the scheduler. */
import type { Scheduler, Task } from './scheduler.ts';

interface Held {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly uploadedMs: number;
  /** Who has put it there. */
  readonly by: Task | null;
}

type Ask = <T>(what: string, act: () => T) => Promise<T>;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export class MemoryR2 {
  readonly objects = new Map<string, Held>();
  /** Called behind each call that writes or deletes. */
  onWrite: (key: string) => void = () => undefined;
  readonly #now: () => number;
  #writes = 0;

  constructor(now: () => number = () => 0) {
    this.#now = now;
  }

  put(key: string, value: string | Uint8Array, by: Task | null = null): Held {
    const bytes = new Uint8Array(typeof value === 'string' ? encoder.encode(value) : value);
    const held = { bytes, etag: String(++this.#writes), uploadedMs: this.#now(), by };
    this.objects.set(key, held);
    return held;
  }

  namesOf(prefix: string): string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  binding(scheduler: Scheduler, task: Task): R2Bucket {
    return this.#binding(async (what, act) => await scheduler.ask(task, what, act), task);
  }

  /** As one that nothing happens to has it. */
  direct(): R2Bucket {
    return this.#binding((_, act) => Promise.resolve(act()));
  }

  #binding(ask: Ask, by: Task | null = null): R2Bucket {
    return {
      put: async (key: string, value: string | Uint8Array) =>
        await ask(`put ${key}`, () => {
          const held = this.put(key, value, by);
          this.onWrite(key);
          return infoOf(key, held);
        }),
      head: async (key: string) =>
        await ask(`head ${key}`, () => {
          const held = this.objects.get(key);
          return held ? infoOf(key, held) : null;
        }),
      get: async (key: string, options: R2GetOptions = {}) =>
        await ask(`get ${key}`, () => this.#get(key, options)),
      list: async ({ prefix = '', limit = 1000, cursor, startAfter }: R2ListOptions) =>
        await ask(`list ${prefix}`, () => this.#list(prefix, limit, cursor ?? startAfter)),
      delete: async (keys: string | readonly string[]) =>
        await ask(`delete ${[keys].flat().join()}`, () => {
          for (const key of [keys].flat()) {
            this.objects.delete(key);
            this.onWrite(key);
          }
        }),
    } as unknown as R2Bucket;
  }

  #get(key: string, { range, onlyIf }: R2GetOptions): object | null {
    const held = this.objects.get(key);
    if (!held) return null;
    const wanted = onlyIf && 'etagMatches' in onlyIf ? onlyIf.etagMatches : undefined;
    if (wanted !== undefined && wanted !== held.etag) return infoOf(key, held);
    const { offset = 0, length = held.bytes.length - offset } = (range ?? {}) as R2RangeOf;
    const bytes = held.bytes.slice(offset, offset + length);
    return {
      ...infoOf(key, held),
      body: bytes,
      bytes: () => Promise.resolve(bytes),
      text: () => Promise.resolve(decoder.decode(bytes)),
      json: () => Promise.resolve(JSON.parse(decoder.decode(bytes)) as unknown),
      arrayBuffer: () => Promise.resolve(bytes.buffer),
    };
  }

  #list(prefix: string, limit: number, after = ''): object {
    const keys = this.namesOf(prefix).filter((key) => key > after);
    const found = keys.slice(0, limit);
    const truncated = keys.length > limit;
    const objects = found.map((key) => infoOf(key, this.objects.get(key) as Held));
    return { objects, truncated, ...(truncated ? { cursor: found.at(-1) } : {}) };
  }
}

interface R2RangeOf {
  readonly offset?: number;
  readonly length?: number;
}

const infoOf = (key: string, { bytes, etag, uploadedMs }: Held) => ({
  key,
  size: bytes.length,
  etag,
  uploaded: new Date(uploadedMs),
});

/** What stands, and what else is there, but for that of writers who died before they could take it back. */
export function namesLeft(bucket: MemoryR2, prefix: string, stands: (name: string) => boolean): string[] {
  return bucket.namesOf(prefix).filter((name) => stands(name) || !bucket.objects.get(name)?.by?.died);
}
