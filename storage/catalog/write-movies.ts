import type { LoadCounts } from '../../core/warehouse/load-counts.ts';
import type { MovieRow } from '../../core/warehouse/rows.ts';
import { loadMovies } from '../warehouse/load.ts';
import { refreshAggregates } from '../warehouse/refresh.ts';
import { type CatalogMovie, readMovies } from './movie-store.ts';

export interface WrittenMovies {
  readonly loaded: LoadCounts;
  /** As they were, by id; without those that are new. */
  readonly before: ReadonlyMap<string, CatalogMovie>;
}

/** No range of days: of the sums, those by genre alone are made anew. */
const genresOnly = { fromDay: 0, toDay: 0 };

/**
 * Puts films into the catalogue, as an import does: null leaves what is known. Where the genre of one has changed that
 * was there before, the sums by genre are made anew.
 */
export async function writeMovies(db: D1Database, movies: readonly MovieRow[]): Promise<WrittenMovies> {
  const before = await readMovies(
    db,
    movies.map(({ content_id }) => content_id),
  );
  const loaded = await loadMovies(db, movies);
  const hasMoved = movies.some(({ content_id, genre }) => {
    const held = before.get(content_id);
    return held !== undefined && genre !== null && genre !== held.genre;
  });
  if (hasMoved) await refreshAggregates(db, genresOnly);
  return { loaded, before };
}
