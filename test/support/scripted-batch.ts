/** Tables of the batch layer for the harness of the pages: a week in which titles have their evenings. */
import type { BatchAnswer, BatchMeta } from '../../site/analytics/batch-rows.ts';

export interface ScriptedBatch {
  /** Nothing was ever counted. */
  isEmpty: boolean;
  /** All hours that are over are computed. */
  isWhole: boolean;
}

const hourMs = 3_600_000;
const regionCount = 12;
const names = [
  'Harbour Lights',
  'The Long Way',
  'Night Trains to Trieste and the People Who Missed Them, a Documentary in Nine Parts',
  'Ashes of the Aurora',
  'Kitchen Stories',
  null,
  'Łódź 1981',
  'ライトハウス',
  'Blue Season',
  'The Understudy',
  'Salt',
  'Paper Moons',
];
const idOf = (i: number): string => (i === 11 ? '__other__' : `film-${String(i + 1).padStart(3, '0')}`);
/** Busy in the evening, quiet at night. */
const pull = (hour: number): number => 1 + 0.85 * Math.cos(((hour - 20) / 24) * 2 * Math.PI);

interface Times {
  readonly from: number;
  readonly to: number;
}

/** Null for what is no address of the batch layer. */
export function answerBatch(batch: ScriptedBatch, what: string, query: URLSearchParams): object | null {
  const [, table] = /^GET \/api\/batch\/([\w-]+)$/.exec(what) ?? [];
  if (table === undefined) return what === 'POST /api/admin/batch/runs' ? begun : null;
  const times = {
    from: Date.parse(query.get('from') ?? ''),
    to: Math.min(Date.parse(query.get('to') ?? ''), Date.now()),
  };
  const rows = batch.isEmpty ? [] : (tables[table]?.(times, query) ?? []);
  const data = rows.slice(0, Number(query.get('limit') ?? 100));
  const next_cursor = data.length < rows.length ? 'next' : null;
  return { data, meta: { ...metaOf(batch, times, query), next_cursor } } satisfies BatchAnswer<object>;
}

const begun = { data: [], count: 24, held_off: [{ region: 'EU-London', hour_start: '' }] };

/** The hour that is open and, unless all is whole, two of yesterday's are missing. */
function metaOf(
  { isEmpty, isWhole }: ScriptedBatch,
  { from, to }: Times,
  query: URLSearchParams,
): Omit<BatchMeta, 'next_cursor'> {
  if (isEmpty) return { computed_at: null, hours: { computed: 0, of: 0 } };
  const regions = query.has('region') ? 1 : regionCount;
  const of = Math.ceil((to - from) / hourMs) * regions;
  const today = Math.floor(Date.now() / (24 * hourMs)) * 24 * hourMs;
  const openHour = Math.floor(Date.now() / hourMs) * hourMs;
  const gone = [openHour, ...(isWhole ? [] : [today - 5 * hourMs, today - 4 * hourMs])];
  const missing = gone.filter((hour) => hour >= from && hour < to).length * regions;
  return {
    computed_at: new Date(Date.now() - 20 * 60_000).toISOString(),
    hours: { computed: of - missing, of },
  };
}

const hoursOf = ({ from, to }: Times): number => Math.max(0, (to - from) / hourMs);

const tables: Readonly<Record<string, (times: Times, query: URLSearchParams) => object[]>> = {
  'popular-movies': (times) =>
    names.map((title, i) => {
      const view_count = Math.round((hoursOf(times) * 9_000) / (i + 1));
      const complete_count = Math.round(view_count * 0.54);
      return { movie_id: idOf(i), title, view_count, complete_count, watched_seconds: view_count * 3_100 };
    }),
  'ratings-stats': (times) =>
    names.slice(0, 9).map((title, i) => ({
      movie_id: idOf(i),
      title,
      rating_count: Math.round((hoursOf(times) * 40) / (i + 1)),
      avg_rating: 8.9 - i * 0.47,
    })),
  'hourly-stats': (times) =>
    Array.from({ length: Math.min(24, Math.ceil(hoursOf(times))) }, (_, hour) => {
      const days = Math.ceil((hoursOf(times) - hour) / 24);
      const avg = Math.round(400_000 * pull(hour));
      return {
        hour,
        days,
        total_events: avg * days,
        avg_events: avg,
        view_count: Math.round(avg * days * 0.11),
        download_count: Math.round(avg * days * 0.12),
        error_count: 3,
      };
    }),
  content: (times, query) => {
    const step = (query.get('by') === 'hour' ? 1 : 24) * hourMs;
    const rows = Array.from({ length: Math.ceil((times.to - times.from) / step) }, (_, i) => {
      const start = times.from + i * step;
      const views = Math.round(
        (step / hourMs) * 900 * pull(new Date(start).getUTCHours()) * (1 + (i % 3) / 9),
      );
      return {
        window_start: new Date(start).toISOString(),
        content_id: query.get('content_id'),
        title: names[Number(query.get('content_id')?.slice(-3)) - 1] ?? null,
        total_events: views * 8,
        view_count: views,
        complete_count: Math.round(views * 0.5),
        total_downloads: Math.round(views * 0.2),
        success_rate: 0.9741,
      };
    });
    // One step is a gap.
    return rows.filter((_, i) => i !== 2).toReversed();
  },
  'user-stats': ({ from, to }) =>
    to - from < 24 * hourMs
      ? []
      : Array.from({ length: 40 }, (_, i) => ({
          date: new Date(from).toISOString().slice(0, 10),
          region: i % 2 === 0 ? 'EU-London' : 'ASIA-Singapore',
          user: `1-${(0x8f0c51d2a94e7n * BigInt(i + 3)).toString(16).padStart(16, '0')}`,
          total_events: 412 - i * 7,
          movies_watched: 9 - (i % 5),
          avg_duration_seconds: i === 4 ? null : 1_958 - i * 31,
        })),
};
