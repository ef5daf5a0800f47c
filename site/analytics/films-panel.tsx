/** The films of the range: sorted, searched and paged by the service. And who watched most. */
import { countFigure, fixedText, noFigure } from '../format/number.ts';
import * as say from '../text/analytics-warehouse.ts';
import { Panel } from './panel.tsx';
import {
  type Column,
  changeColumn,
  completionColumn,
  FilterButton,
  Go,
  hoursColumn,
  RowsTable,
  viewsColumn,
} from './rows-table.tsx';
import { asked, choose, chooseAnew, films, people, searchWith } from './warehouse.ts';
import type { FilmRow, PersonRow } from './warehouse-rows.ts';
import { When } from './when.tsx';

const columns: readonly Column<FilmRow>[] = [
  {
    head: say.genre,
    isText: true,
    isWide: true,
    cell: (row) => <FilterButton name="genre" value={row.genre} />,
  },
  viewsColumn,
  changeColumn,
  { head: say.users, isWide: true, cell: (row) => countFigure(row.unique_users) },
  hoursColumn,
  completionColumn,
  {
    head: say.rating,
    sort: 'rating',
    cell: ({ avg_rating: mean }) =>
      mean === null
        ? noFigure(say.noRatings)
        : { text: fixedText(mean, 1), unit: '', exact: say.meanOfTen(fixedText(mean, 1)) },
  },
];

export function FilmsPanel() {
  return (
    <Panel
      id="films"
      title={say.films}
      answer={films}
      bones={10}
      before={<FilmSearch />}
      none={<p>{asked.value.q ? say.noFilmWith(asked.value.q) : say.noFilmWasWatchedInTheseDays}</p>}
    >
      {(rows) => (
        <>
          <RowsTable
            caption={say.films}
            rows={rows}
            head={say.title}
            nameSort="title"
            keyOf={(row) => row.movie_id}
            rank={(row) => row.rank}
            name={(row) => <Go to={searchWith({ movie: row.movie_id })}>{row.title ?? row.movie_id}</Go>}
            length={(row) => row.views}
            columns={
              asked.value.compare === 'off' ? columns.filter((column) => column !== changeColumn) : columns
            }
            sorted={sorting()}
          />
          <Pages />
        </>
      )}
    </Panel>
  );
}

/** What is pressed again is turned round; titles begin at A, numbers at the largest. */
function sorting() {
  const { sort: by = 'views', order } = asked.value;
  const upAtFirst = by === 'title';
  const isUp = order === undefined ? upAtFirst : order === 'asc';
  const sort = (name: string): void =>
    chooseAnew({ sort: name === 'views' ? null : name, order: name !== by ? null : isUp ? 'desc' : 'asc' });
  return { by, isUp, sort };
}

function FilmSearch() {
  return (
    <search class="film-search">
      <input
        type="search"
        placeholder={say.searchTitles}
        aria-label={say.searchTitles}
        aria-keyshortcuts="/"
        maxLength={100}
        value={asked.value.q ?? ''}
        onChange={({ currentTarget }) => chooseAnew({ q: currentTarget.value.trim() || null })}
      />
    </search>
  );
}

function Pages() {
  const next = films.value.value?.meta.next_cursor ?? null;
  const isLater = asked.value.cursor !== undefined;
  if (!isLater && next === null) return null;
  return (
    <p class="more">
      {isLater && (
        <button type="button" class="button" onClick={() => choose({ cursor: null })}>
          {say.first}
          <span class="unseen"> {say.pageOfFilms}</span>
        </button>
      )}
      {next !== null && (
        <button type="button" class="button" onClick={() => choose({ cursor: next })}>
          {say.next}
          <span class="unseen"> {say.pageOfFilms}</span>
        </button>
      )}
    </p>
  );
}

const personColumns: readonly Column<PersonRow>[] = [
  {
    head: say.country,
    isText: true,
    isWide: true,
    cell: (row) => <FilterButton name="country" value={row.country} />,
  },
  {
    head: say.plan,
    isText: true,
    isWide: true,
    cell: (row) => <FilterButton name="subscription_type" value={row.subscription_type} />,
  },
  viewsColumn,
  hoursColumn,
  completionColumn,
  { head: say.lastSeen, isText: true, cell: (row) => <When at={row.last_seen} /> },
];

export const PeoplePanel = () => (
  <Panel
    id="people"
    title={say.users}
    remark={say.usersRemark}
    answer={people}
    bones={10}
    none={say.nobodyWatchedInTheseDays}
  >
    {(rows) => (
      <RowsTable
        caption={say.usersByViews}
        rows={rows}
        head={say.user}
        keyOf={(row) => row.user_id}
        name={(row) => <Go to={searchWith({ user: row.user_id })}>{row.username ?? row.user_id}</Go>}
        columns={personColumns}
      />
    )}
  </Panel>
);
