/** What a load has done to a table: rows that were the same already are not counted. */
export interface LoadCounts {
  readonly inserted: number;
  readonly updated: number;
  /** Users and movies that were only named: rows that say nothing but `is_inferred`. */
  readonly inferredUsers: number;
  readonly inferredMovies: number;
}

export const nothingLoaded: LoadCounts = { inserted: 0, updated: 0, inferredUsers: 0, inferredMovies: 0 };

export function addLoads(a: LoadCounts, b: LoadCounts): LoadCounts {
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    inferredUsers: a.inferredUsers + b.inferredUsers,
    inferredMovies: a.inferredMovies + b.inferredMovies,
  };
}
