import { NotMigratedError } from './migrated.ts';
import { StoredDataError } from './stored-data-error.ts';

interface Held<T> {
  readonly value: T;
  /** When D1 said so, ms. */
  readonly saidAtMs: number;
  /** When D1 was asked last, whether it answered or not, ms. */
  askedAtMs: number;
}

export interface BeliefLimits {
  /** What D1 said is believed for so long: what is taken back is known everywhere after it. */
  readonly freshMs: number;
  /** And for so long while D1 does not answer: then nothing can be taken back either. */
  readonly outageMs: number;
  readonly countMax: number;
  /** Ids without a value that are remembered, apart from the others, so that made-up ones displace only their like. */
  readonly strangersMax: number;
}

/**
 * What D1 said of credentials and of regions, by id. Only results are kept, not promises: a request must not wait for the I/O of
 * another. A clock that is set back keeps nothing for ever.
 */
export class Believed<T> {
  readonly #limits: BeliefLimits;
  readonly #known = new Map<string, Held<T>>();
  readonly #strange = new Map<string, Held<null>>();

  constructor(limits: BeliefLimits) {
    this.#limits = limits;
  }

  /** What `read` gives, or gave a short while ago; null where there is nothing. Throws what `read` throws. */
  async find(id: string, nowMs: number, read: () => Promise<T | null>): Promise<T | null> {
    const { freshMs, outageMs, countMax, strangersMax } = this.#limits;
    const held = this.#known.get(id) ?? this.#strange.get(id);
    if (held && Math.abs(nowMs - held.askedAtMs) < freshMs) return held.value;
    let value: T | null;
    try {
      value = await read();
    } catch (error) {
      const isOutage = !(error instanceof NotMigratedError || error instanceof StoredDataError);
      if (!held || held.value === null || !isOutage || Math.abs(nowMs - held.saidAtMs) >= outageMs)
        throw error;
      // Not every request is to wait for a database that does not answer.
      held.askedAtMs = nowMs;
      return held.value;
    }
    this.#known.delete(id);
    this.#strange.delete(id);
    const times = { saidAtMs: nowMs, askedAtMs: nowMs };
    if (value !== null) remember(this.#known, countMax, id, { value, ...times });
    else if (strangersMax > 0) remember(this.#strange, strangersMax, id, { value, ...times });
    return value;
  }

  /** What was changed in this isolate is known in it at once. */
  forgetAll(): void {
    this.#known.clear();
    this.#strange.clear();
  }

  get size(): number {
    return this.#known.size + this.#strange.size;
  }
}

/** Maps keep the order of insertion: the first is the one that was read longest ago. */
export function remember<T>(map: Map<string, T>, most: number, id: string, entry: T): void {
  map.set(id, entry);
  if (map.size > most) map.delete(map.keys().next().value as string);
}
