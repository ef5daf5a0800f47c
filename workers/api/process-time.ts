import type { MiddlewareHandler } from 'hono';
import type { Env } from '../env.ts';
import { type RequestScope, requestScope } from './request-scope.ts';

/**
 * `x-process-time` in seconds, and `server-timing` with the parts that were waited for. The platform's clock stands
 * still while code computes, and moves with every await that leaves the isolate: what is told is the waiting for D1
 * and objects, which is nearly all of it, and never the CPU time.
 */
export const processTime: MiddlewareHandler<{ Bindings: Env }> = async (context, next) => {
  const startedMs = Date.now();
  await next();
  const totalMs = Date.now() - startedMs;
  context.header('x-process-time', `${(totalMs / 1000).toFixed(3)}s`);
  context.header('server-timing', serverTiming(totalMs, requestScope()?.spans));
};

function serverTiming(totalMs: number, spans: RequestScope['spans'] | undefined): string {
  const parts = [...(spans ?? [])].map(
    ([part, { startedMs, endedMs }]) => `${part};dur=${Math.max(0, endedMs - startedMs)}`,
  );
  return [`total;dur=${totalMs}`, ...parts].join(', ');
}
