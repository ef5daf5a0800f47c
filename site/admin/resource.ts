/** What a page has asked the service for: nothing yet, the answer, or why there is none. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { askService, type ServiceAnswer, type ServiceRequest } from '../access/service.ts';
import { signInAddress } from '../access/session.ts';

export interface Failure {
  /** 0 where no answer came. */
  readonly status: number;
  readonly text: string;
}

/**
 * Asks; who is not signed in is taken to where one signs in, and back here afterwards. Not out of a dialog: it may show
 * what is not shown again, or hold what was typed.
 */
export async function askAdmin<T>(path: string, request?: ServiceRequest): Promise<ServiceAnswer<T>> {
  const answer = await askService<T>(path, request);
  if (!answer.ok && answer.status === 401 && !document.querySelector('dialog[open]'))
    location.replace(signInAddress());
  return answer;
}

export class Resource<T> {
  readonly #path: string;
  readonly #value = signal<T | null>(null);
  readonly #failure = signal<Failure | null>(null);

  constructor(path: string) {
    this.#path = path;
  }

  get value(): ReadonlySignal<T | null> {
    return this.#value;
  }

  /** Beside a value, that is the last one there was. */
  get failure(): ReadonlySignal<Failure | null> {
    return this.#failure;
  }

  load = async (): Promise<void> => {
    const answer = await askAdmin<T>(this.#path);
    if (answer.ok) this.#value.value = answer.value;
    this.#failure.value = answer.ok ? null : answer;
  };
}
