/** The part of Node's async_hooks that the API uses; the Workers runtime brings it under `nodejs_compat`. */
declare module 'node:async_hooks' {
  export class AsyncLocalStorage<T> {
    run<R, A extends unknown[]>(store: T, work: (...args: A) => R, ...args: A): R;
    getStore(): T | undefined;
  }
}
