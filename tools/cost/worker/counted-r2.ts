/** R2 that counts its calls: a write or a list is of class A, a read of class B; deleting is free. */
import type { Operation } from '../../../core/cost/operations.ts';
import { count, during } from './tally.ts';

const operations: Readonly<Record<'get' | 'put' | 'head' | 'list', Operation>> = {
  get: 'r2Reads',
  head: 'r2Reads',
  put: 'r2Writes',
  list: 'r2Writes',
};

/** `lake/events/region=..` is `lake/events`. */
function folderOf(args: readonly unknown[]): string {
  const [first] = args;
  const name = typeof first === 'string' ? first : (first as { prefix?: string } | undefined)?.prefix;
  const [top = '', next = ''] = (name ?? '').split('/');
  return top === 'lake' ? `${top}/${next}` : top;
}

export function countedR2(bucket: R2Bucket): R2Bucket {
  const call = (name: keyof typeof operations | 'delete') => {
    const act = bucket[name].bind(bucket) as (...args: unknown[]) => Promise<unknown>;
    return async (...args: unknown[]): Promise<unknown> => {
      if (name !== 'delete') count(operations[name], `r2 ${name} ${folderOf(args)}`);
      return await during(async () => await act(...args));
    };
  };
  const counted = {
    get: call('get'),
    put: call('put'),
    head: call('head'),
    list: call('list'),
    delete: call('delete'),
  };
  return counted as unknown as R2Bucket;
}
