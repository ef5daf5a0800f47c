/**
 * What belongs to the request that is being answered, wherever in its calls: its id, who asks, and how long its parts
 * took. Kept by the platform along the awaits, so that no reader of D1 has to be handed the request.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Caller, nobody, type Person } from '../../core/access/caller.ts';
import { logLine } from '../../core/protocol/log-line.ts';

/** What an answer waits for: reads of D1, calls of region shards. */
export type Part = 'd1' | 'shards';

interface Span {
  readonly startedMs: number;
  endedMs: number;
}

export interface RequestScope {
  readonly id: string;
  readonly spans: Map<Part, Span>;
  /** As admission found; nobody on public routes. */
  caller: Caller;
  /** What the handler adds to the request's line of the audit log. */
  audit: AuditNote;
}

/** What only the handler of a route knows about what it did. */
export interface AuditNote {
  /** Who, where admission could not know: as at sign-in. */
  readonly actor?: string;
  readonly role?: string;
  /** Id of what was acted on, where it is not in the path. */
  readonly target?: string;
  /** How many names or addresses of people the answer shows unmasked; of a live connection, that it may. */
  readonly unmasked?: number;
  /** Short texts by name; never a secret. */
  readonly details?: Readonly<Record<string, string>>;
}

const scopes = new AsyncLocalStorage<RequestScope>();

export function inScope<T>(id: string, work: (scope: RequestScope) => T): T {
  const scope: RequestScope = { id, spans: new Map(), caller: nobody, audit: {} };
  return scopes.run(scope, work, scope);
}

export const requestScope = (): RequestScope | undefined => scopes.getStore();

/** Who asks, behind admission to a role of people. */
export function person(): Person {
  const found = scopes.getStore()?.caller ?? nobody;
  if (found.kind === 'nobody') throw new Error('nobody has been admitted to this request');
  return found;
}

/** Adds to the line that the audit log gets of this request, if it gets one (audit-trail.ts). */
export function noteForAudit(note: AuditNote): void {
  const scope = scopes.getStore();
  if (scope) scope.audit = { ...scope.audit, ...note };
}

/** Prints a log line of the request that is being answered. */
export function logForRequest(
  level: 'warn' | 'error',
  event: string,
  fields: Readonly<Record<string, unknown>>,
): void {
  const id = scopes.getStore()?.id;
  const line = logLine(level, event, id === undefined ? fields : { request_id: id, ...fields });
  if (level === 'warn') console.warn(line);
  else console.error(line);
}

/** Measures from the first start of a part to its last end: calls at the same time are not added up. */
export async function timed<T>(part: Part, work: Promise<T>): Promise<T> {
  const spans = scopes.getStore()?.spans;
  if (!spans) return await work;
  const span = spans.get(part) ?? { startedMs: Date.now(), endedMs: 0 };
  spans.set(part, span);
  try {
    return await work;
  } finally {
    span.endedMs = Math.max(span.endedMs, Date.now());
  }
}
