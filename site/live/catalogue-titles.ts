/** What the catalogue says of contents on the page (CAT-3): their titles and genres, where it knows them. */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { LiveRankedContent } from '../../core/protocol/live.ts';
import { askService } from '../access/service.ts';

export interface CatalogueTitle {
  readonly movie_id: string;
  readonly title: string | null;
  readonly genre: string | null;
}

/** Null where the service gave no answer. */
type Ask = (ids: readonly string[]) => Promise<readonly CatalogueTitle[] | null>;

/** A change in the catalogue shows after this. */
const askAgainMs = 60_000;
/** As many as one question may name. */
const idsMax = 20;
/** Of contents that are no longer on the page, so that nothing grows all day. */
const keptMax = 200;

export class CatalogueTitles {
  readonly #known = signal<ReadonlyMap<string, CatalogueTitle>>(new Map());
  /** When each was last asked for, ms. */
  readonly #askedMs = new Map<string, number>();
  readonly #ask: Ask;
  readonly #clock: () => number;

  constructor(ask: Ask, clock: () => number) {
    this.#ask = ask;
    this.#clock = clock;
  }

  get known(): ReadonlySignal<ReadonlyMap<string, CatalogueTitle>> {
    return this.#known;
  }

  /** Asks for those that were not asked for within the last minute. What events told stands until the answer. */
  async want(ids: readonly string[]): Promise<void> {
    const nowMs = this.#clock();
    const due = ids
      .filter((id) => nowMs - (this.#askedMs.get(id) ?? -askAgainMs) >= askAgainMs)
      .slice(0, idsMax);
    if (due.length === 0) return;
    if (this.#askedMs.size > keptMax) this.#askedMs.clear();
    for (const id of due) this.#askedMs.set(id, nowMs);
    const found = await this.#ask(due);
    if (!found) return;
    const held = this.#known.value.size > keptMax ? [] : this.#known.value;
    this.#known.value = new Map([...held, ...found.map((entry) => [entry.movie_id, entry] as const)]);
  }
}

/** An id with a comma or a quote is written as in CSV. */
const quoted = (id: string): string => (/[",\n\r]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id);

export async function askCatalogue(ids: readonly string[]): Promise<readonly CatalogueTitle[] | null> {
  const search = new URLSearchParams({ ids: ids.map(quoted).join(), limit: String(idsMax) });
  const answer = await askService<{ data: readonly CatalogueTitle[] }>(`/api/catalog/movies?${search}`);
  return answer.ok ? answer.value.data : null;
}

export const catalogueTitles = new CatalogueTitles(askCatalogue, Date.now);

/** What the page calls it: the catalogue's title, or that of its events, or its id. */
export function nameOfContent({ content_id: id, title }: LiveRankedContent): string {
  return catalogueTitles.known.value.get(id)?.title ?? title ?? id;
}
