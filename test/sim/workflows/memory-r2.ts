/** What runs keep in R2 between their steps: each call is an operation of the scheduler. */
import type { Scheduler, Task } from './scheduler.ts';

const decoder = new TextDecoder();

export class MemoryR2 {
  readonly objects = new Map<string, Uint8Array>();

  binding(scheduler: Scheduler, task: Task): R2Bucket {
    const ask = async <T>(what: string, act: () => T): Promise<T> => await scheduler.ask(task, what, act);
    return {
      put: async (key: string, value: string | Uint8Array) =>
        await ask(`put ${key}`, () => {
          const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
          this.objects.set(key, bytes.slice());
          return {};
        }),
      get: async (key: string) =>
        await ask(`get ${key}`, () => {
          const bytes = this.objects.get(key);
          if (!bytes) return null;
          const json = (): unknown => JSON.parse(decoder.decode(bytes));
          return { json, arrayBuffer: () => bytes.slice().buffer };
        }),
      list: async ({ prefix = '' }: R2ListOptions) =>
        await ask(`list ${prefix}`, () => {
          const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix));
          return { objects: keys.map((key) => ({ key })), truncated: false };
        }),
      delete: async (keys: readonly string[]) =>
        await ask(`delete ${keys.join()}`, () => {
          for (const key of keys) this.objects.delete(key);
        }),
    } as unknown as R2Bucket;
  }
}
