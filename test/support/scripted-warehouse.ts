/** The analytics API for the harness of the pages: 90 days with weekends, evenings, tastes and a few odd titles. */
import type {
  CohortRow,
  CountryRow,
  DailyRow,
  DeviceRow,
  FilmData,
  FilmRow,
  GenreRow,
  HourRow,
  MetricsRow,
  PersonData,
  PersonRow,
  QualityRow,
  SessionData,
  SessionRow,
} from '../../site/analytics/warehouse-rows.ts';

export interface ScriptedWarehouse {
  /** Nothing was ever loaded. */
  isEmpty: boolean;
  /** Sessions are those of one user in so many; 1 where it is not given. */
  usersOneIn?: number;
}

const dayMs = 86_400_000;
/** Of each day; a few sevenths by weekday, a slow rise, and a little noise that is the same each time. */
const viewsOf = (day: number): number =>
  Math.round(
    (520 + (day % 97) * 1.4) * ([1.02, 0.88, 0.86, 0.9, 1.08, 1.34, 1.3][day % 7] ?? 1) + ((day * 37) % 41),
  );

const genreNames = 'Drama Comedy Thriller Documentary Action Romance Animation Horror Family Science-fiction';
const deviceShares: readonly (readonly [string, number, number])[] = [
  ['smart_tv', 0.38, 0.21],
  ['mobile', 0.27, 1.46],
  ['desktop', 0.18, 0.52],
  ['tablet', 0.11, 0.83],
  ['console', 0.06, 0.3],
];
const countryCodes = 'US GB DE FR JP IN BR CA AU KE';
export const oddTitle = '<b onmouseover="alert(1)">Bold</b> & <script>alert(2)</script>';
export const longTitle = `${'The Unreasonably Long and Winding Title of a Film '.repeat(4)}End`;
export const arabicTitle = 'حكاية البحر ‏(الجزء 2)';
const titles = [
  'Harbour Lights',
  longTitle,
  'Night Trains to Trieste',
  oddTitle,
  arabicTitle,
  '🎬🍿 Popcorn Nights 👩‍👩‍👧‍👦',
  'Łódź 1981',
  'ライトハウス',
  null,
  'The Understudy',
  'Salt',
  'Paper Moons',
  'Blue Season',
  'Ashes of the Aurora',
];

interface Days {
  readonly first: number;
  readonly count: number;
}

function daysOf(query: URLSearchParams): Days {
  const [from, to] = [query.get('from'), query.get('to')];
  const last = Math.floor((to === null ? Date.now() : Number(to) - 1) / dayMs);
  const count = from === null ? Number(query.get('days') ?? 30) : last - Math.floor(Number(from) / dayMs) + 1;
  return { first: last - count + 1, count };
}

const sumOf = ({ first, count }: Days): number =>
  Array.from({ length: count }, (_, i) => viewsOf(first + i)).reduce((sum, views) => sum + views, 0);

/** Null for what is no address of the analytics API. */
export function answerWarehouse(
  { isEmpty, usersOneIn = 1 }: ScriptedWarehouse,
  what: string,
  query: URLSearchParams,
): object | null {
  const [, path = ''] = /^GET \/api\/(dashboard\/metrics|analytics\/[\w./%-]+)$/.exec(what) ?? [];
  if (path === '') return null;
  const days = daysOf(query);
  const [, table = '', id] = path.split('/');
  const data = (id === undefined ? tables[table] : details[table]?.(decodeURIComponent(id)))?.(days, query);
  const at = (day: number): string => new Date(day * dayMs).toISOString();
  const meta = {
    from: at(days.first),
    to: at(days.first + days.count),
    tz: query.get('tz'),
    compare: null,
    updated_at: isEmpty ? null : new Date(Date.now() - 2.2 * 3_600_000).toISOString(),
    source: 'warehouse',
    users_one_in: usersOneIn,
    ...(table === 'top-movies' && { next_cursor: nextCursor(query) }),
  };
  return { data: isEmpty ? emptied(data ?? []) : data, meta };
}

const emptied = (data: object): object =>
  Array.isArray(data)
    ? []
    : {
        total_users: 0,
        active_users: 0,
        total_views: 0,
        total_watch_time_hours: 0,
        avg_completion_rate: null,
        previous: null,
        change: null,
      };

const figures = (views: number) => ({ views, watch_hours: views * 0.91, avg_completion_rate: 0.618 });
const before = (views: number, query: URLSearchParams): number | null =>
  query.has('compare') ? Math.round(views * 0.93) : null;

/** The value of a filter leaves its row alone, or out. */
function filtered<R extends object>(rows: readonly R[], query: URLSearchParams, name: keyof R & string): R[] {
  const text = query.get(name);
  if (text === null) return [...rows];
  const values = text.replace(/^!/, '').split(',');
  return rows.filter((row) => values.includes(String(row[name])) !== text.startsWith('!'));
}

const shared = (all: number, i: number, of: number, query: URLSearchParams) => {
  const share = (of - i + 1.5) / ((of * (of + 4)) / 2);
  const views = Math.round(all * share);
  return {
    rank: i + 1,
    share,
    ...figures(views),
    unique_users: Math.round(views / 3),
    previous_views: before(views, query),
  };
};

const filmRows = (days: Days, query: URLSearchParams): FilmRow[] =>
  titles.map((title, i) => ({
    ...shared(sumOf(days), i, titles.length, query),
    movie_id: `film-${String(i + 1).padStart(3, '0')}`,
    title,
    genre: genreNames.split(' ')[i % 10] ?? '',
    avg_rating: title === null ? null : 8.4 - i * 0.21,
  }));

const searchedFilms = (days: Days, query: URLSearchParams): FilmRow[] => {
  const q = query.get('q')?.toLowerCase() ?? '';
  const rows = filtered(filmRows(days, query), query, 'genre').filter(({ title }) =>
    (title ?? '').toLowerCase().includes(q),
  );
  if (query.get('sort') === 'title') rows.sort((a, b) => (a.title ?? '').localeCompare(b.title ?? ''));
  return query.get('order') === 'asc' && query.get('sort') !== 'title' ? rows.toReversed() : rows;
};

const pageSize = (query: URLSearchParams): number => Number(query.get('limit') ?? 10);
const pageStart = (query: URLSearchParams): number => Number(query.get('cursor') ?? 0);
function nextCursor(query: URLSearchParams): string | null {
  const end = pageStart(query) + pageSize(query);
  return end < searchedFilms(daysOf(query), query).length ? String(end) : null;
}

const deviceRows = (days: Days, query: URLSearchParams): DeviceRow[] =>
  deviceShares.map(([device_type, share, buffering_per_hour], i) => ({
    ...shared(sumOf(days), i, 5, query),
    ...figures(Math.round(sumOf(days) * share)),
    share,
    device_type,
    buffering_per_hour,
  }));
const countryRows = (days: Days, query: URLSearchParams): CountryRow[] =>
  countryCodes.split(' ').map((country, i) => {
    const { unique_users: user_count, ...row } = shared(sumOf(days), i, 10, query);
    return { ...row, country, user_count };
  });
const dailyRows = ({ first, count }: Days, query: URLSearchParams): DailyRow[] =>
  Array.from({ length: count }, (_, i) => {
    const views = Math.round(viewsOf(first + i) * (i === count - 1 ? 0.4 : 1));
    const date = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
    const isCompared = query.has('compare');
    return {
      date: date(first + i),
      ...figures(views),
      avg_completion_rate: 0.6 + ((i * 7) % 5) / 100,
      unique_users: Math.round(views * 0.7),
      previous_views: isCompared ? viewsOf(first + i - count) : null,
      previous_date: isCompared ? date(first + i - count) : null,
    };
  });

const personRows = (): PersonRow[] =>
  Array.from({ length: 10 }, (_, i) => ({
    user_id: `1-${(0x8f0c51d2a94e7n * BigInt(i + 3)).toString(16).padStart(16, '0')}`,
    username: i === 4 ? null : `m***${i}`,
    email: 'm***',
    country: countryCodes.split(' ')[i] ?? null,
    subscription_type: i === 4 ? null : (['premium', 'standard', 'basic'][i % 3] ?? null),
    ...figures(96 - i * 5),
    last_seen: new Date(Date.now() - (i + 1) * 7 * 3_600_000).toISOString(),
  }));

type Table = (days: Days, query: URLSearchParams) => object;
const tables: Readonly<Record<string, Table>> = {
  metrics: (days, query): MetricsRow => {
    const now = {
      total_users: 5_000,
      active_users: 3_412,
      total_views: sumOf(days),
      total_watch_time_hours: sumOf(days) * 0.91,
      avg_completion_rate: 0.6184,
    };
    const isCompared = query.has('compare');
    const change = {
      total_users: 0.031,
      active_users: -0.024,
      total_views: 0.1184,
      total_watch_time_hours: 0.0931,
      avg_completion_rate: 0,
    };
    return { ...now, previous: isCompared ? now : null, change: isCompared ? change : null };
  },
  'daily-trends': dailyRows,
  genres: (days, query): GenreRow[] =>
    filtered(
      genreNames.split(' ').map((genre, i) => ({ ...shared(sumOf(days), i, 10, query), genre })),
      query,
      'genre',
    ),
  devices: (days, query) => filtered(deviceRows(days, query), query, 'device_type'),
  geographic: (days, query) => filtered(countryRows(days, query), query, 'country'),
  'hourly-trends': (days): HourRow[] => {
    const all = sumOf(days);
    const rows = Array.from({ length: 168 }, (_, i) => {
      const [weekday, hour] = [Math.floor(i / 24) + 1, i % 24];
      const pull = 1 + 0.9 * Math.cos(((hour - (weekday > 5 ? 19 : 20.5)) / 24) * 2 * Math.PI);
      const weight = pull ** 2 * (weekday > 5 ? 1.4 : 1) * (hour > 8 && hour < 16 && weekday < 6 ? 0.6 : 1);
      return { weekday, hour, views: Math.round((all * weight) / 290), share: weight / 290 };
    });
    const sorted = rows.toSorted((a, b) => b.views - a.views);
    return rows.map((row) => ({ ...row, rank: sorted.indexOf(row) + 1 }));
  },
  quality: (days): QualityRow[] =>
    ['1080p', '4K', '720p', '480p'].flatMap((quality, i) =>
      deviceShares
        .filter(([device]) => !(quality === '4K' && device === 'mobile'))
        .map(([device_type, share, stalls]) => ({
          quality,
          device_type,
          views: Math.round((sumOf(days) * share) / (i + 2)),
          sessions_with_buffering_share: stalls / 4,
          buffering_per_hour: stalls * ([1.1, 1.5, 0.8, 0.5][i] ?? 1),
        })),
    ),
  retention: (): CohortRow[] => {
    const monday = Math.floor((Date.now() / dayMs + 3) / 7) * 7 - 3;
    return Array.from({ length: 8 }, (_, i) => ({
      cohort: new Date((monday - (7 - i) * 7) * dayMs).toISOString().slice(0, 10),
      users: 640 - i * 52,
      retained: Array.from({ length: 8 - i }, (__, week) =>
        Math.round((640 - i * 52) * (week === 0 ? 1 : 0.52 / week ** 0.45 + i / 100)),
      ),
    }));
  },
  users: personRows,
  'top-movies': (days, query) =>
    searchedFilms(days, query).slice(pageStart(query), pageStart(query) + pageSize(query)),
};

const sessionRow = (i: number, change: Partial<SessionRow> = {}): SessionRow => ({
  session_id: `s-${(0x51d2a94e7n * BigInt(i + 3)).toString(16)}`,
  user_id: personRows()[i % 10]?.user_id ?? '',
  movie_id: `film-${String((i % 14) + 1).padStart(3, '0')}`,
  title: titles[i % 14] ?? null,
  start_time: new Date(Math.floor(Date.now() / dayMs) * dayMs - (i + 1) * 9 * 3_600_000).toISOString(),
  end_time: new Date(
    Math.floor(Date.now() / dayMs) * dayMs - (i + 1) * 9 * 3_600_000 + 5_520_000,
  ).toISOString(),
  watch_duration_minutes: 92 - i * 6.5,
  completion_rate: i === 3 ? null : 0.97 - i * 0.07,
  device_type: deviceShares[i % 5]?.[0] ?? null,
  quality: '1080p',
  buffering_count: i % 3,
  country: 'GB',
  subscription_type: 'premium',
  ...change,
});

const details: Readonly<Record<string, (id: string) => Table>> = {
  movies:
    (movie_id) =>
    (days, query): FilmData => {
      const row = filmRows(days, query).find((one) => one.movie_id === movie_id);
      return {
        movie_id,
        title: row?.title ?? null,
        genre: row?.genre ?? 'Unknown',
        content_type: 'movie',
        duration_minutes: 112,
        release_date: '2019-03-08',
        director: 'Ada Obi',
        cast: 'Mei Tanaka, Jo Maddox, Søren Ødegård-Lindqvist',
        country: 'GB',
        language: 'English',
        avg_rating: row?.avg_rating ?? null,
        rating_count: 318,
        total_views: 9_214,
        figures: {
          ...figures(row?.views ?? 0),
          unique_users: row?.unique_users ?? 0,
          previous_views: row?.previous_views ?? null,
        },
        daily: dailyRows(days, query).map((day) => ({
          ...day,
          views: Math.round(day.views / 8),
          previous_views: day.previous_views && Math.round(day.previous_views / 9),
        })),
        devices: deviceRows(days, query).map(({ buffering_per_hour: _stalls, ...row }) => row),
        countries: countryRows(days, query),
        recent_sessions: Array.from({ length: 10 }, (_, i) =>
          sessionRow(i, { movie_id, title: row?.title ?? null }),
        ),
      };
    },
  users:
    (user_id) =>
    (_, query): PersonData => ({
      user_id,
      username: 'm***',
      email: 'm***',
      country: 'GB',
      subscription_type: 'premium',
      age: 34,
      gender: null,
      signup_date: '2026-03-02',
      is_active: true,
      preferred_genre: 'Drama',
      is_inferred: false,
      figures: { ...figures(41), previous_views: before(41, query) },
      genres: genreNames
        .split(' ')
        .slice(0, 5)
        .map((genre, i) => ({ ...shared(41, i, 5, query), genre })),
      recent_sessions: Array.from({ length: 10 }, (_, i) => sessionRow(i, { user_id })),
    }),
  sessions: (session_id) => (): SessionData => {
    const row = sessionRow(1, { session_id });
    const isImported = session_id.startsWith('i-');
    const event = (minutes: number, event_type: string, change: object = {}) => ({
      at: new Date(Date.parse(row.start_time) + minutes * 60_000).toISOString(),
      event_type,
      duration_seconds: null,
      completion_percentage: null,
      rating: null,
      buffering_count: null,
      quality: null,
      error_code: null,
      ...change,
    });
    return {
      ...row,
      region: isImported ? null : 'EU-London',
      timeline: isImported
        ? []
        : [
            event(0, 'start', { quality: '1080p' }),
            event(12.4, 'buffer', { buffering_count: 1 }),
            event(31, 'pause'),
            event(38.5, 'progress', { completion_percentage: 31, duration_seconds: 1_860 }),
            event(74, 'error', { error_code: 'DECODE_STALL' }),
            event(91, 'complete', { completion_percentage: 100, duration_seconds: 5_520 }),
            event(91.7, 'rating', { rating: 8 }),
          ],
    };
  },
};
