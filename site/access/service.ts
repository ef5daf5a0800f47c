import type { Problem } from '../../core/protocol/problem.ts';
import * as say from '../text/frame.ts';

/** What the service says, or why there is nothing; never throws. */
export type ServiceAnswer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** 0 where no answer came. */
      readonly status: number;
      /** For people. */
      readonly text: string;
      /** As the service sent it; null where none came. */
      readonly problem: Problem | null;
      /** Seconds after which asking again may help, where the service says so. */
      readonly retryAfterS?: number;
    };

export interface ServiceRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** After this long the person is told that no answer came. */
const answerMsMax = 10_000;

/** Of a frame that other sites show: it has no session, and speaks in the name of a token. */
export const credential = { token: '' };

/** Asks the service in the name of who is signed in here: the browser adds the cookie by itself. */
export async function askService<T>(path: string, request: ServiceRequest = {}): Promise<ServiceAnswer<T>> {
  const { method = 'GET', body } = request;
  try {
    const answer = await fetch(path, {
      method,
      cache: 'no-store',
      headers: {
        accept: 'application/json',
        ...(credential.token !== '' && { authorization: `Bearer ${credential.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(answerMsMax),
    });
    const value: unknown = await answer.json();
    if (answer.ok) return { ok: true, value: value as T };
    const problem = value as Problem;
    const text = problem.detail || problem.title || say.serverAnswered(answer.status);
    const wait = Number(answer.headers.get('retry-after') ?? 0);
    return { ok: false, status: answer.status, text, problem, ...(wait > 0 && { retryAfterS: wait }) };
  } catch {
    return { ok: false, status: 0, text: say.serverDidNotAnswer, problem: null };
  }
}
