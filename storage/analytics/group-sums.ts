/** Sessions by device, country, genre or quality. Each is walked in the order of an index, so that nothing is sorted. */
import { type ComparedSpan, type ComparedSums, comparedColumns, withinSpan } from './figures.ts';
import { movieConditions, Parameters, type SessionFilters, sessionConditions } from './session-filters.ts';
import { readRows } from './statement.ts';

export interface GroupScope extends ComparedSpan {
  readonly filters: SessionFilters;
}

export interface GroupSums extends ComparedSums {
  /** Null for sessions that do not tell. */
  readonly name: string | null;
  readonly stalls: number;
  readonly rank: number;
  /** Of the views of all groups. */
  readonly share: number;
}

interface Grouping {
  readonly by: string;
  readonly from: string;
  /** Filters by movie are put to the movies themselves. */
  readonly ofMovies: boolean;
  readonly stalls: boolean;
}

const groupings = {
  device: {
    by: 's.device_type',
    from: 'viewing_sessions s INDEXED BY viewing_sessions_by_device',
    ofMovies: false,
    stalls: true,
  },
  country: {
    by: 's.user_country',
    from: 'viewing_sessions s INDEXED BY viewing_sessions_by_country',
    ofMovies: false,
    stalls: false,
  },
  genre: {
    by: 'm.genre',
    from: `movies m INDEXED BY movies_by_genre CROSS JOIN viewing_sessions s
      INDEXED BY viewing_sessions_by_movie ON s.movie_id = m.id`,
    ofMovies: true,
    stalls: false,
  },
} as const satisfies Record<string, Grouping>;

/** The groups with views in the range, by views. */
export async function readGroups(
  db: D1Database,
  kind: keyof typeof groupings,
  scope: GroupScope,
): Promise<GroupSums[]> {
  const { by, from, ofMovies, stalls }: Grouping = groupings[kind];
  const parameters = new Parameters();
  const columns = comparedColumns(scope, parameters);
  const { filters } = scope;
  const conditions = ofMovies
    ? sessionConditions({ ...filters, genre: null, content_id: null }, parameters) +
      movieConditions(filters, parameters)
    : sessionConditions(filters, parameters);
  const stalled = stalls
    ? `coalesce(sum(s.buffering_count) FILTER (WHERE s.start_slot >= ${parameters.add(scope.fromSlot)}), 0)`
    : '0';
  const sql = `WITH groups AS (
      SELECT ${by} AS name, ${columns}, ${stalled} AS stalls FROM ${from}
      WHERE ${withinSpan(scope, parameters)} ${conditions} GROUP BY ${by})
    SELECT *, rank() OVER (ORDER BY views DESC) AS rank, views * 1.0 / sum(views) OVER () AS share
    FROM groups WHERE views > 0 ORDER BY rank, name`;
  return await readRows(db, { sql, values: parameters.values });
}

export interface QualitySums {
  readonly quality: string | null;
  readonly device: string | null;
  readonly views: number;
  readonly stalledViews: number;
  readonly stalls: number;
  readonly watchMs: number;
  readonly completionMilli: number;
  readonly completions: number;
}

/** By quality and device, by views. */
export async function readQualities(db: D1Database, scope: GroupScope): Promise<QualitySums[]> {
  const parameters = new Parameters();
  const within = withinSpan({ fromSlot: scope.fromSlot, toSlot: scope.toSlot }, parameters);
  const sql = `SELECT s.quality AS quality, s.device_type AS device, count(*) AS views,
      count(*) FILTER (WHERE s.buffering_count > 0) AS stalledViews, sum(s.buffering_count) AS stalls,
      sum(s.watch_duration_ms) AS watchMs, coalesce(sum(s.completion_milli), 0) AS completionMilli,
      count(s.completion_milli) AS completions
    FROM viewing_sessions s INDEXED BY viewing_sessions_by_device
    WHERE ${within} ${sessionConditions(scope.filters, parameters)}
    GROUP BY s.device_type, s.quality ORDER BY views DESC, quality, device`;
  return await readRows(db, { sql, values: parameters.values });
}
