/** One film, one user, one session: the same page in another state, with the way back. */
import type { ComponentChildren } from 'preact';
import { valueText } from '../filter/value-list.ts';
import { changeFigure, changeOf } from '../format/change.ts';
import { countFigure, type Figure, fixedText, noFigure, shareFigure } from '../format/number.ts';
import { Quantity } from '../panels/quantity.tsx';
import * as say from '../text/analytics-warehouse.ts';
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
  if (sitting !== undefined) return say.sessionWith(session.value.value?.data.title ?? say.aFilm);
  if (id !== undefined) return user.value.value?.data.username ?? say.userOf(id);
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
  [say.views]: countFigure(figures.views),
  ...(figures.previous_views !== null && {
    [say.change]: changeFigure(changeOf(figures.views, figures.previous_views)),
  }),
  ...(figures.unique_users !== undefined && { [say.users]: countFigure(figures.unique_users) }),
  [say.watched]: amountFigure(figures.watch_hours, say.hoursUnit),
  [say.completed]: completionFigure(figures.avg_completion_rate),
});

const Part = ({ title, children }: { readonly title: string; readonly children: ComponentChildren }) => (
  <section class="part" aria-label={title}>
    <h3>{title}</h3>
    {children}
  </section>
);

export const FilmDetail = () => (
  <Panel id="film" title={say.inTheseDays} answer={film} bones={9} none="">
    {(data) => (
      <>
        <div class="big">
          <Facts
            facts={figuresOf({
              ...rangeFigures(data),
              [say.rating]:
                data.avg_rating === null
                  ? noFigure(say.noRatings)
                  : {
                      text: fixedText(data.avg_rating, 1),
                      unit: say.outOfTen(data.rating_count),
                      exact: say.ratingsOfTen(data.avg_rating, data.rating_count),
                    },
            })}
          />
        </div>
        <Facts
          facts={{
            [say.genre]: <FilterButton name="genre" value={data.genre} />,
            [say.kind]: data.content_type,
            [say.length]: data.duration_minutes && say.minutesLong(data.duration_minutes),
            [say.released]: data.release_date,
            [say.director]: data.director,
            [say.cast]: data.cast,
            [say.country]: data.country,
            [say.language]: data.language,
            [say.viewsInAll]: data.total_views === null ? null : countFigure(data.total_views).exact,
            [say.id]: <code>{data.movie_id}</code>,
          }}
        />
        <p class="more">
          <button
            type="button"
            class="button"
            onClick={() => chooseAnew({ movie: null, content_id: valueText([data.movie_id], false) })}
          >
            {say.filterByFilm}
          </button>
        </p>
        <div class="parts">
          <Part title={say.viewsByDay}>
            <DailyChart rows={data.daily} />
          </Part>
          <Part title={say.devices}>
            <DeviceShares rows={data.devices} />
          </Part>
          <Part title={say.countries}>
            <CountryShares rows={data.countries} />
          </Part>
          <Part title={say.lastSessions}>
            <Sessions rows={data.recent_sessions} by="user" />
          </Part>
        </div>
      </>
    )}
  </Panel>
);

export const UserDetail = () => (
  <Panel id="user" title={say.inTheseDays} answer={user} bones={9} none="">
    {(data) => (
      <>
        <div class="big">
          <Facts facts={figuresOf(rangeFigures(data))} />
        </div>
        <Facts
          facts={{
            [say.name]: data.username,
            [say.mail]: data.email,
            [say.country]: data.country && <FilterButton name="country" value={data.country} />,
            [say.plan]: data.subscription_type && (
              <FilterButton name="subscription_type" value={data.subscription_type} />
            ),
            [say.age]: data.age,
            [say.gender]: data.gender,
            [say.signedUp]: data.signup_date,
            [say.likesBest]: data.preferred_genre,
            [say.state]: data.is_inferred
              ? say.knownFromSessionsOnly
              : data.is_active
                ? say.active
                : say.notActive,
            [say.id]: <code>{data.user_id}</code>,
          }}
        />
        <div class="parts">
          <Part title={say.genres}>
            <GenreShares rows={data.genres} />
          </Part>
          <Part title={say.lastSessions}>
            <Sessions rows={data.recent_sessions} by="movie" />
          </Part>
        </div>
      </>
    )}
  </Panel>
);

const sessionColumns: readonly Column<SessionRow>[] = [
  {
    head: say.device,
    isText: true,
    isWide: true,
    cell: (row) => wordOf('device_type', row.device_type ?? '–'),
  },
  { head: say.picture, isText: true, isWide: true, cell: (row) => row.quality ?? '–' },
  { head: say.watched, unit: say.minutesWord, cell: (row) => amountFigure(row.watch_duration_minutes) },
  { head: say.completed, cell: (row) => shareFigure(row.completion_rate, say.notTold) },
  { head: say.stalls, isWide: true, cell: (row) => countFigure(row.buffering_count) },
];

interface SessionsProps {
  readonly rows: readonly SessionRow[];
  /** What else tells the sessions apart. */
  readonly by: 'user' | 'movie';
}

function Sessions({ rows, by }: SessionsProps) {
  if (rows.length === 0) return <p class="none quiet">{say.noneInTheseDays}</p>;
  const other: Column<SessionRow> = {
    head: by === 'user' ? say.user : say.film,
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
      caption={say.lastSessionsNewestFirst}
      rows={rows}
      head={say.began}
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
  <Panel id="session" title={say.whatHappened} answer={session} bones={9} none="">
    {(data) => (
      <>
        <div class="big">
          <Facts
            facts={figuresOf({
              [say.watched]: amountFigure(data.watch_duration_minutes, say.minutesUnit),
              [say.completed]: completionFigure(data.completion_rate),
              [say.stalls]: countFigure(data.buffering_count),
            })}
          />
        </div>
        <Facts
          facts={{
            [say.film]: (
              <Go to={searchWith({ session: null, user: null, movie: data.movie_id })}>
                {data.title ?? data.movie_id}
              </Go>
            ),
            [say.user]: (
              <Go to={searchWith({ session: null, movie: null, user: data.user_id })}>{data.user_id}</Go>
            ),
            [say.began]: <When at={data.start_time} />,
            [say.ended]: <When at={data.end_time} />,
            [say.device]: data.device_type && <FilterButton name="device_type" value={data.device_type} />,
            [say.picture]: data.quality,
            [say.country]: data.country && <FilterButton name="country" value={data.country} />,
            [say.plan]: data.subscription_type && (
              <FilterButton name="subscription_type" value={data.subscription_type} />
            ),
            [say.region]: data.region && <FilterButton name="region" value={data.region} />,
            [say.id]: <code>{data.session_id}</code>,
          }}
        />
        <Timeline data={data} />
      </>
    )}
  </Panel>
);

/** Its events, one below the other, each with how long after the start it came. */
function Timeline({ data: { timeline, start_time } }: { readonly data: SessionData }) {
  if (timeline.length === 0) return <p class="none quiet">{say.eventsNotKept}</p>;
  const start = Date.parse(start_time);
  return (
    <ol class="timeline" aria-label={say.eventsOfTheSession}>
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
    event.completion_percentage !== null && say.percentWatched(Math.round(event.completion_percentage)),
    event.duration_seconds !== null && say.seconds(Math.round(event.duration_seconds)),
    event.buffering_count !== null && say.stallsCount(event.buffering_count),
    event.rating !== null && say.ratedOfTen(event.rating),
    event.quality,
    event.error_code,
  ]
    .filter(Boolean)
    .join(', ');
