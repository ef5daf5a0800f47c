import type { RequestScope } from './request-scope.ts';

/**
 * `x-process-time` in seconds, and `server-timing` with the parts that were waited for. The platform's clock stands
 * still while code computes, and moves with every await that leaves the isolate: what is told is the waiting for D1
 * and objects, which is nearly all of it, and never the CPU time.
 */
export function setProcessTime(headers: Headers, startedMs: number, spans: RequestScope['spans']): void {
  const totalMs = Date.now() - startedMs;
  headers.set('x-process-time', `${(totalMs / 1000).toFixed(3)}s`);
  headers.set('server-timing', serverTiming(totalMs, spans));
}

function serverTiming(totalMs: number, spans: RequestScope['spans']): string {
  const parts = [...spans].map(
    ([part, { startedMs, endedMs }]) => `${part};dur=${Math.max(0, endedMs - startedMs)}`,
  );
  return [`total;dur=${totalMs}`, ...parts].join(', ');
}
