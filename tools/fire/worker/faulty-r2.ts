/** R2 behind faults and stops. */
import { throughFault } from './faults.ts';
import type { Owner } from './faulty-d1.ts';
import type { Stop } from './stops.ts';

const writes = new Set(['put', 'delete']);

export function faultyR2(bucket: R2Bucket, owner: Owner, stop: Stop | null): R2Bucket {
  const call = (name: 'get' | 'put' | 'head' | 'list' | 'delete') => {
    const isWrite = writes.has(name);
    const act = bucket[name].bind(bucket) as (...args: unknown[]) => Promise<unknown>;
    return async (...args: unknown[]): Promise<unknown> => {
      // The marks of the stops themselves.
      if (String(args[0]).startsWith('failpoints/')) return await act(...args);
      const stops = isWrite ? stop : null;
      await stops?.(`before ${owner} r2`);
      const result = await throughFault('r2', isWrite, async () => await act(...args));
      await stops?.(`behind ${owner} r2`);
      return result;
    };
  };
  const faulty = {
    get: call('get'),
    put: call('put'),
    head: call('head'),
    list: call('list'),
    delete: call('delete'),
  };
  return faulty as unknown as R2Bucket;
}
