/** One question of a panel and its answer: one that fails, fails for its panel alone. */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import { askAdmin, type Failure } from '../admin/resource.ts';

/** Address of the service; null for what is not asked. */
type Question = string | null;

export class PanelAnswer<A> {
  readonly #addressOf: () => Question;
  readonly #value = signal<A | null>(null);
  readonly #failure = signal<Failure | null>(null);
  #asked: Question = null;
  /** Rows of a page of its file; null for a table that comes in one. */
  readonly csvRows: string | null;

  /** Asks anew whenever a signal that the address reads makes another of it. */
  constructor(addressOf: () => Question, csvRows: string | null = null) {
    this.#addressOf = addressOf;
    this.csvRows = csvRows;
    effect(() => {
      const address = addressOf();
      if (address === this.#asked) return;
      this.#asked = address;
      this.#value.value = null;
      this.#failure.value = null;
      void this.load();
    });
  }

  /** Null before the first answer to the question. */
  get value(): ReadonlySignal<A | null> {
    return this.#value;
  }

  /** Beside a value, that is the last one there was. */
  get failure(): ReadonlySignal<Failure | null> {
    return this.#failure;
  }

  get address(): Question {
    return this.#addressOf();
  }

  load = async (): Promise<void> => {
    const asked = this.#asked;
    if (asked === null) return;
    const answer = await askAdmin<A>(asked);
    // Another question was asked meanwhile.
    if (asked !== this.#asked) return;
    if (answer.ok) this.#value.value = answer.value;
    this.#failure.value = answer.ok ? null : answer;
  };
}

/** Rows of a list at first. */
const rowsFew = 10;
/** Ids of panels whose lists are shown in full. */
const longLists = signal<ReadonlySet<string>>(new Set());

export const shownRows = <T>(id: string, rows: readonly T[]): readonly T[] =>
  longLists.value.has(id) ? rows : rows.slice(0, rowsFew);

export function showAllRows(id: string): void {
  longLists.value = new Set([...longLists.peek(), id]);
}

export function fewRowsAgain(): void {
  longLists.value = new Set();
}
