import * as z from 'zod';
import { addCounters, type Counters, emptyCounters } from '../../core/aggregate/counters.ts';
import { dimensionKeysMax, OTHER_KEY } from '../../core/protocol/limits.ts';
import { count, downloadShape, rowsAnswer, viewingShape } from './answer-schema.ts';
import { type DetailPart, visitDetails } from './detail-reader.ts';
import { downloadFigures, reader } from './figures.ts';
import { wholeNumber } from './parameters.ts';
import { readRange, type Sources } from './range-reader.ts';
import type { Route } from './route.ts';
import { sourcesOf } from './sources.ts';
import { type ApiContext, rangeAnswer, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';

const limitDefault = 5;
/** Contents counted for one answer; a hostile stream of new ids must not fill the isolate. The rest are left out. */
const contentsMax = 50_000;

interface Content {
  readonly counters: Counters;
  title: string | null;
  type: string | null;
}

const parameters = rangeQuery(5, {
  limit: wholeNumber(1, dimensionKeysMax)
    .optional()
    .describe(`Rows of the answer, 1 to ${dimensionKeysMax}. ${limitDefault} where it is not given`)
    .meta({ example: String(limitDefault) }),
});

const rowSchema = z.strictObject({
  content_id: z.string().describe('As sent; numbers as text'),
  title: z.string().nullable().describe('Last known; null where never told'),
  content_type: z.string().nullable().describe('Last known; null where never told'),
  total_events: count('Events of all types'),
  views: count('Events of type `view`'),
  ...downloadShape,
  watched_seconds: viewingShape.watched_seconds,
});

/** The contents with the most downloads, then views, then events. */
export const trendingRoute: Route = {
  method: 'GET',
  path: '/api/stats/trending',
  role: 'viewer',
  handler: trending,
  doc: {
    summary: 'Contents with the most downloads',
    description: 'Ranked by downloads, then views, then events.',
    tag: 'Statistics',
    query: parameters.documented,
    answer: rowsAnswer(rowSchema),
  },
};

async function trending(context: ApiContext): Promise<Response> {
  const asked = await statsQuery(context, parameters, Date.now());
  if ('response' in asked) return asked.response;
  const limit = asked.query.values.limit ?? limitDefault;
  const { state, data } = await trendingRows(sourcesOf(context.env), asked.query, limit);
  return rangeAnswer(state, data);
}

export async function trendingRows(sources: Sources, query: StatsQuery<unknown>, limit: number) {
  const state = await readRange(sources, query.regions, query.range, { stored: sources.totals });
  const contents = new Map<string, Content>();
  await visitDetails(sources, state, (part) => addContents(contents, part));
  const ranked = [...contents].map(([id, content]) => row(id, content)).sort(byRank);
  return { state, data: ranked.slice(0, limit) };
}

function addContents(contents: Map<string, Content>, part: DetailPart): void {
  for (const [id, counters] of part.dimensions.content) {
    // What was folded away is no content, so it has no rank.
    if (id === OTHER_KEY) continue;
    const content = contents.get(id) ?? { counters: emptyCounters(), title: null, type: null };
    if (contents.size >= contentsMax && !contents.has(id)) continue;
    addCounters(content.counters, counters);
    contents.set(id, content);
  }
  for (const [id, title, type] of part.titles) {
    const content = contents.get(id);
    if (!content) continue;
    content.title = title ?? content.title;
    content.type = type ?? content.type;
  }
}

function row(id: string, { counters, title, type }: Content) {
  const of = reader(counters);
  return {
    content_id: id,
    title,
    content_type: type,
    total_events: of('events'),
    views: of('views'),
    ...downloadFigures(counters),
    watched_seconds: of('watched_ms_sum') / 1000,
  };
}

type Row = ReturnType<typeof row>;

function byRank(a: Row, b: Row): number {
  return (
    b.total_downloads - a.total_downloads ||
    b.views - a.views ||
    b.total_events - a.total_events ||
    (a.content_id < b.content_id ? -1 : 1)
  );
}
