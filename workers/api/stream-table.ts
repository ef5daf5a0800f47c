/** What the four tables of /api/stream have in common: summed over the range, or a row for each minute. */
import * as z from 'zod';
import { windowMs } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import { pageAnswer, windowShape } from './answer-schema.ts';
import { withCatalogTitles } from './catalog/catalog-titles.ts';
import type { Rank, Ranking } from './cursor.ts';
import type { RefusedFilters } from './dimension-filter.ts';
import { isoTime } from './figures.ts';
import type { KeySum } from './key-sums.ts';
import { invalidParameters } from './problem-response.ts';
import { pageResponse } from './range-answer.ts';
import type { RangeState, Sources } from './range-reader.ts';
import type { Route } from './route.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';

type Row = Readonly<Record<string, unknown>>;

export interface StreamTable {
  readonly path: `/api/stream/${string}`;
  readonly summary: string;
  readonly description: string;
  readonly row: () => z.ZodObject;
  readonly refused?: RefusedFilters;
  /** Longest range that is answered minute by minute. */
  readonly byMinuteMinutesMax: number;
  readonly read: (
    sources: Sources,
    query: StatsQuery,
    byMinute: boolean,
  ) => Promise<{ readonly state: RangeState; readonly sums: readonly KeySum[] }>;
  /** Whether its rows are of contents, with `movie_id` and `title`: what the catalogue calls them goes before. */
  readonly hasTitles?: boolean;
  /** The rows that a sum makes. */
  readonly rowsOf: (sum: KeySum) => readonly Row[];
  /** Within a minute, or within the range. */
  readonly ranking: Ranking<Row>;
}

/** In no order: pages rank them. */
export async function streamRows(table: StreamTable, sources: Sources, query: StatsQuery, byMinute: boolean) {
  const { state, sums } = await table.read(sources, query, byMinute);
  const data = sums.flatMap((sum) => table.rowsOf(sum).map((row): Row => ({ ...row, ...windowOf(sum) })));
  return { state, data };
}

function windowOf({ minute }: KeySum): Row {
  if (minute === null) return {};
  return { window_start: isoTime(minute * windowMs), window_end: isoTime((minute + 1) * windowMs) };
}

export function streamRoute(table: StreamTable): Route {
  const rowByMinute = once(() => table.row().extend(windowShape()));
  // The cursors of the two forms differ by their question; the shape has to fit both.
  const byMinuteRanking = minuteByMinute(table.ranking);
  const askedBy = (byMinute: boolean) =>
    rangeQuery({
      minutes: 5,
      own: {
        by: z
          .literal('minute', 'must be minute, or not be given')
          .optional()
          .describe(
            DESCRIBED &&
              `\`minute\` for a row in each minute, of at most ${table.byMinuteMinutesMax} minutes; ` +
                'else rows are summed over the range',
          )
          .meta(DESCRIBED && { example: 'minute' }),
      },
      ...(table.refused ? { refused: table.refused } : {}),
      pages: { limit: 100, shape: (byMinute ? byMinuteRanking : table.ranking).shape },
    });
  const summed = once(() => askedBy(false));
  const minutely = once(() => askedBy(true));
  const handler = async (context: ApiContext): Promise<Response> => {
    const byMinute = context.req.query('by') !== undefined;
    const checked = await statsQuery(context, byMinute ? minutely() : summed(), Date.now());
    if ('response' in checked) return checked.response;
    const { query } = checked;
    if (byMinute && query.range.toMinute - query.range.fromMinute > table.byMinuteMinutesMax) {
      const message = `minute goes with at most ${table.byMinuteMinutesMax} minutes`;
      return invalidParameters([{ parameter: 'by', message }]);
    }
    const answered = await streamRows(table, sourcesOf(context.env), query, byMinute);
    return await pageResponse(context, answered, query, {
      row: byMinute ? rowByMinute() : table.row(),
      ranking: byMinute ? byMinuteRanking : table.ranking,
      ...(table.hasTitles
        ? { finish: (rows: readonly Row[]) => withCatalogTitles(context.env.DB, rows, 'movie_id') }
        : {}),
    });
  };
  return {
    method: 'GET',
    path: table.path,
    role: 'viewer',
    handler,
    tag: 'Stream',
    doc: DESCRIBED && {
      summary: table.summary,
      description: table.description,
      query: summed().documented,
      answer: pageAnswer(z.union([table.row(), rowByMinute()])),
      csv: true,
      problems: ['storage_unavailable'],
    },
  };
}

/** Minute after minute, and within each as it is within the range. */
function minuteByMinute({ of, shape }: Ranking<Row>): Ranking<Row> {
  return {
    of: (row): Rank => [String(row.window_start), ...of(row)],
    shape: ['string', ...shape],
  };
}
