/** One film, one user, one session: the same page in another state, with the way back. */
import type { ComponentChildren } from 'preact';
import { valueText } from '../filter/value-list.ts';
import { changeFigure, changeOf } from '../format/change.ts';
import { countFigure, type Figure, noFigure, shareFigure } from '../format/number.ts';
import { Quantity } from '../panels/quantity.tsx';
import { CountryShares, DeviceShares, GenreShares } from './breakdowns.tsx';
import { DailyChart } from './daily-panel.tsx';
import { amountFigure, completionFigure } from './figures.ts';
import { Panel } from './panel.tsx';
import { type Column, FilterButton, Go, RowsTable, wordOf } from './rows-table.tsx';
import { asked, chooseAnew, film, searchWith, session, user } from './warehouse.ts';
import type { FilmData, PersonData, SessionData, SessionRow, TimelineRow } from './warehouse-rows.ts';
import { When } from './when.tsx';

/** What the page is called while one thing is looked at; by its id before it is known. */
export function detailTitle(): string {
  const { movie, user: id, session: sitting } = asked.value;
  if (sitting !== undefined) return `Session with ${session.value.value?.data.title ?? 'a film'}`;
  if (id !== undefined) return user.value.value?.data.username ?? `User ${id}`;
  return film.value.value?.data.title ?? movie ?? '';
}

const Facts = ({ facts }: { readonly facts: Readonly<Record<string, ComponentChildren>> }) => (
  <dl class="facts">
    {Object.entries(facts)
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);

const figuresOf = (figures: Readonly<Record<string, Figure>>): Record<string, ComponentChildren> =>
  Object.fromEntries(
    Object.entries(figures).map(([name, figure]) => [name, <Quantity key={name} figure={figure} />]),
  );

const rangeFigures = ({ figures }: Pick<FilmData | PersonData, 'figures'>) => ({
  Views: countFigure(figures.views),
  ...(figures.previous_views !== null && {
    Change: changeFigure(changeOf(figures.views, figures.previous_views)),
  }),
  ...(figures.unique_users !== undefined && { Users: countFigure(figures.unique_users) }),
  Watched: amountFigure(figures.watch_hours, '\u202fh'),
  Completed: completionFigure(figures.avg_completion_rate),
});

const Part = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <section class="part" aria-label={title}>
    <h3>{title}</h3>
    {children}
  </section>
);

export const FilmDetail = () => (
  <Panel id="film" title="In these days" answer={film} bones={9} none="">
    {(data) => (
      <>
        <div class="big">
          <Facts
            facts={figuresOf({
              ...rangeFigures(data),
              Rating:
                data.avg_rating === null
                  ? noFigure('no ratings')
                  : {
                      text: data.avg_rating.toFixed(1),
                      unit: `/10 of ${data.rating_count}`,
                      exact: `${data.avg_rating} of 10, ${data.rating_count} ratings`,
                    },
            })}
          />
        </div>
        <Facts
          facts={{
            Genre: <FilterButton name="genre" value={data.genre} />,
            Kind: data.content_type,
            Length: data.duration_minutes && `${data.duration_minutes} min`,
            Released: data.release_date,
            Director: data.director,
            Cast: data.cast,
            Country: data.country,
            Language: data.language,
            'Views in all': data.total_views === null ? null : countFigure(data.total_views).exact,
            Id: <code>{data.movie_id}</code>,
          }}
        />
        <p class="more">
          <button
            type="button"
            class="button"
            onClick={() => chooseAnew({ movie: null, content_id: valueText([data.movie_id], false) })}
          >
            Filter everything by this film
          </button>
        </p>
        <div class="parts">
          <Part title="Views by day">
            <DailyChart rows={data.daily} />
          </Part>
          <Part title="Devices">
            <DeviceShares rows={data.devices} />
          </Part>
          <Part title="Countries">
            <CountryShares rows={data.countries} />
          </Part>
          <Part title="Last sessions">
            <Sessions rows={data.recent_sessions} by="user" />
          </Part>
        </div>
      </>
    )}
  </Panel>
);

export const UserDetail = () => (
  <Panel id="user" title="In these days" answer={user} bones={9} none="">
    {(data) => (
      <>
        <div class="big">
          <Facts facts={figuresOf(rangeFigures(data))} />
        </div>
        <Facts
          facts={{
            Name: data.username,
            Mail: data.email,
            Country: data.country && <FilterButton name="country" value={data.country} />,
            Plan: data.subscription_type && (
              <FilterButton name="subscription_type" value={data.subscription_type} />
            ),
            Age: data.age,
            Gender: data.gender,
            'Signed up': data.signup_date,
            'Likes best': data.preferred_genre,
            State: data.is_inferred ? 'known from sessions only' : data.is_active ? 'active' : 'not active',
            Id: <code>{data.user_id}</code>,
          }}
        />
        <div class="parts">
          <Part title="Genres">
            <GenreShares rows={data.genres} />
          </Part>
          <Part title="Last sessions">
            <Sessions rows={data.recent_sessions} by="movie" />
          </Part>
        </div>
      </>
    )}
  </Panel>
);

const sessionColumns: readonly Column<SessionRow>[] = [
  {
    head: 'Device',
    isText: true,
    isWide: true,
    cell: (row) => wordOf('device_type', row.device_type ?? '–'),
  },
  { head: 'Picture', isText: true, isWide: true, cell: (row) => row.quality ?? '–' },
  { head: 'Watched', unit: 'min', cell: (row) => amountFigure(row.watch_duration_minutes) },
  { head: 'Completed', cell: (row) => shareFigure(row.completion_rate, 'not told') },
  { head: 'Stalls', isWide: true, cell: (row) => countFigure(row.buffering_count) },
];

interface SessionsProps {
  readonly rows: readonly SessionRow[];
  /** What else tells the sessions apart. */
  readonly by: 'user' | 'movie';
}

function Sessions({ rows, by }: SessionsProps) {
  if (rows.length === 0) return <p class="none quiet">None in these days.</p>;
  const other: Column<SessionRow> = {
    head: by === 'user' ? 'User' : 'Film',
    isText: true,
    cell: (row) =>
      by === 'user' ? (
        <Go to={searchWith({ movie: null, user: row.user_id })}>{row.user_id}</Go>
      ) : (
        <Go to={searchWith({ user: null, movie: row.movie_id })}>{row.title ?? row.movie_id}</Go>
      ),
  };
  return (
    <RowsTable
      caption="Last sessions, newest first"
      rows={rows}
      head="Began"
      keyOf={(row) => row.session_id}
      name={(row) => (
        <Go to={searchWith({ session: row.session_id })}>
          <When at={row.start_time} />
        </Go>
      )}
      columns={[other, ...sessionColumns]}
    />
  );
}

export const SessionDetail = () => (
  <Panel id="session" title="What happened" answer={session} bones={9} none="">
    {(data) => (
      <>
        <div class="big">
          <Facts
            facts={figuresOf({
              Watched: amountFigure(data.watch_duration_minutes, '\u202fmin'),
              Completed: completionFigure(data.completion_rate),
              Stalls: countFigure(data.buffering_count),
            })}
          />
        </div>
        <Facts
          facts={{
            Film: (
              <Go to={searchWith({ session: null, user: null, movie: data.movie_id })}>
                {data.title ?? data.movie_id}
              </Go>
            ),
            User: <Go to={searchWith({ session: null, movie: null, user: data.user_id })}>{data.user_id}</Go>,
            Began: <When at={data.start_time} />,
            Ended: <When at={data.end_time} />,
            Device: data.device_type && <FilterButton name="device_type" value={data.device_type} />,
            Picture: data.quality,
            Country: data.country && <FilterButton name="country" value={data.country} />,
            Plan: data.subscription_type && (
              <FilterButton name="subscription_type" value={data.subscription_type} />
            ),
            Region: data.region && <FilterButton name="region" value={data.region} />,
            Id: <code>{data.session_id}</code>,
          }}
        />
        <Timeline data={data} />
      </>
    )}
  </Panel>
);

/** Its events, one below the other, each with how long after the start it came. */
function Timeline({ data: { timeline, start_time } }: { readonly data: SessionData }) {
  if (timeline.length === 0)
    return (
      <p class="none quiet">
        Its events are not kept: it was imported, or they are older than the lake. What is known of it stands
        above.
      </p>
    );
  const start = Date.parse(start_time);
  return (
    <ol class="timeline" aria-label="Events of the session">
      {timeline.map((event, i) => (
        <li key={i}>
          <time dateTime={event.at} title={event.at}>
            {elapsedText(Date.parse(event.at) - start)}
          </time>
          <b>{event.event_type}</b>
          <span class="quiet">{eventText(event)}</span>
        </li>
      ))}
    </ol>
  );
}

/** `1:02:05`, of the session. */
function elapsedText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return new Date(seconds * 1000).toISOString().slice(seconds < 3600 ? 14 : 11, 19);
}

const eventText = (event: TimelineRow): string =>
  [
    event.completion_percentage !== null && `${Math.round(event.completion_percentage)} % watched`,
    event.duration_seconds !== null && `${Math.round(event.duration_seconds)} s`,
    event.buffering_count !== null && `${event.buffering_count} stalls`,
    event.rating !== null && `rated ${event.rating} of 10`,
    event.quality,
    event.error_code,
  ]
    .filter(Boolean)
    .join(', ');
