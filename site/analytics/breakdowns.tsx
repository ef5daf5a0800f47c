/** Of what the views were: genres, devices, countries, hours, qualities. Every row can be pressed. */
import { utcDayText } from '../format/date.ts';
import { countFigure, countText, shareFigure } from '../format/number.ts';
import * as say from '../text/analytics-warehouse.ts';
import { hourText } from './bars.ts';
import { amountFigure } from './figures.ts';
import { HeatTable } from './heat-table.tsx';
import { Panel } from './panel.tsx';
import type { FilterName } from './question.ts';
import { type Column, FilterButton, RowsTable, shareColumn, viewsColumn } from './rows-table.tsx';
import { countries, devices, genres, hours, quality, retention } from './warehouse.ts';
import type { CohortRow, CountryRow, DeviceRow, GenreRow, HourRow, QualityRow } from './warehouse-rows.ts';

interface SharesProps<R> {
  readonly name: FilterName;
  readonly caption: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
}

type ShareRow = GenreRow | DeviceRow | CountryRow;

function Shares<R extends ShareRow>({ name, caption, rows, columns }: SharesProps<R>) {
  const textOf = (row: R): string => (row as unknown as Readonly<Record<FilterName, string>>)[name];
  return (
    <RowsTable
      caption={caption}
      rows={rows}
      head={caption.split(' ')[0] ?? ''}
      keyOf={textOf}
      name={(row) => <FilterButton name={name} value={textOf(row)} />}
      length={(row) => row.views}
      columns={columns}
    />
  );
}

const stallsColumn: Column<DeviceRow> = {
  head: say.stalls,
  unit: say.perHour,
  isWide: true,
  cell: (row) => amountFigure(row.buffering_per_hour),
};
const usersColumn: Column<CountryRow> = { head: say.users, cell: (row) => countFigure(row.user_count) };

export const GenreShares = ({ rows }: { readonly rows: readonly GenreRow[] }) => (
  <Shares name="genre" caption={say.genreByViews} rows={rows} columns={[viewsColumn, shareColumn]} />
);
export const DeviceShares = ({ rows }: { readonly rows: readonly DeviceRow[] }) => (
  <Shares
    name="device_type"
    caption={say.deviceByViews}
    rows={rows}
    columns={[viewsColumn, shareColumn, ...(rows[0]?.buffering_per_hour === undefined ? [] : [stallsColumn])]}
  />
);
export const CountryShares = ({ rows }: { readonly rows: readonly CountryRow[] }) => (
  <Shares
    name="country"
    caption={say.countryByViews}
    rows={rows}
    columns={[viewsColumn, shareColumn, usersColumn]}
  />
);

const none = say.noSessionBeganInTheseDays;

export const GenresPanel = () => (
  <Panel
    id="genres"
    title={say.genres}
    remark={say.shareOfViews}
    answer={genres}
    bones={6}
    none={none}
    isList
  >
    {(rows) => <GenreShares rows={rows} />}
  </Panel>
);

export const DevicesPanel = () => (
  <Panel id="devices" title={say.devices} answer={devices} bones={5} none={none} isList>
    {(rows) => <DeviceShares rows={rows} />}
  </Panel>
);

export const CountriesPanel = () => (
  <Panel
    id="countries"
    title={say.countries}
    remark={say.tenLargest}
    answer={countries}
    bones={10}
    none={none}
  >
    {(rows) => <CountryShares rows={rows} />}
  </Panel>
);

const weekdays = [say.monday, say.tuesday, say.wednesday, say.thursday, say.friday, say.saturday, say.sunday];
const dayHours = Array.from({ length: 24 }, (_, hour) => hour);
const hourName = ({ weekday, hour }: HourRow): string => `${weekdays[weekday - 1]} ${hourText(hour)}`;

export const HoursPanel = () => (
  <Panel id="hours" title={say.hoursOfTheWeek} remark={say.heatRemark} answer={hours} bones={6} none={none}>
    {(rows) => <Week rows={rows} />}
  </Panel>
);

function Week({ rows }: { readonly rows: readonly HourRow[] }) {
  const most = Math.max(1, ...rows.map(({ views }) => views));
  const byHour = new Map(rows.map((row) => [`${row.weekday} ${row.hour}`, row]));
  const busiest = rows.toSorted((a, b) => a.rank - b.rank).slice(0, 5);
  return (
    <>
      <HeatTable
        caption={say.viewsByWeekdayAndHour}
        corner={say.day}
        columns={dayHours.map(hourText)}
        isDense
        rows={weekdays.map((day, i) => ({
          name: day.slice(0, 3),
          cells: dayHours.map((hour) => {
            const views = byHour.get(`${i + 1} ${hour}`)?.views ?? 0;
            const exact = say.viewsAt(day, hourText(hour), countText(views));
            return { heat: views / most, text: '', exact };
          }),
        }))}
      />
      <ol class="busiest">
        <li class="quiet">{say.busiest}</li>
        {busiest.map((row) => (
          <li key={hourName(row)}>
            {hourName(row)} <b>{countText(row.views)}</b>{' '}
            <span class="quiet">{shareFigure(row.share, '').text} %</span>
          </li>
        ))}
      </ol>
    </>
  );
}

export const QualityPanel = () => (
  <Panel
    id="quality"
    title={say.pictureAndDevice}
    remark={say.stallsAnHourWatched}
    answer={quality}
    bones={5}
    none={none}
  >
    {(rows) => <QualityTable rows={rows} />}
  </Panel>
);

function QualityTable({ rows }: { readonly rows: readonly QualityRow[] }) {
  const names = (of: (row: QualityRow) => string) => [...new Set(rows.map(of))];
  const most = Math.max(0.001, ...rows.map((row) => row.buffering_per_hour ?? 0));
  const columns = names((row) => row.device_type);
  const qualities = names((row) => row.quality).toSorted((a, b) => heightOf(b) - heightOf(a));
  return (
    <HeatTable
      caption={say.stallsCaption}
      corner={say.picture}
      columns={columns}
      head={(name) => <FilterButton name="device_type" value={name} />}
      rows={qualities.map((name) => ({
        name,
        cells: columns.map((device) => {
          const row = rows.find((one) => one.quality === name && one.device_type === device);
          if (!row) return { heat: null, text: '–', exact: say.noViews };
          const stalls = amountFigure(row.buffering_per_hour);
          const share = shareFigure(row.sessions_with_buffering_share, say.noSessions).exact;
          const exact = say.stallsOf(countText(row.views), stalls.exact, share);
          return { heat: (row.buffering_per_hour ?? 0) / most, text: stalls.text, exact };
        }),
      }))}
    />
  );
}

/** Lines of a picture: `1080p`, `4K`. */
const heightOf = (quality: string): number =>
  Number.parseFloat(quality) * (/k$/i.test(quality) ? 540 : 1) || 0;

export const RetentionPanel = () => (
  <Panel
    id="retention"
    title={say.whoComesBack}
    remark={say.weeksRemark}
    answer={retention}
    bones={8}
    none={none}
  >
    {(rows) => <Cohorts rows={rows} />}
  </Panel>
);

function Cohorts({ rows }: { readonly rows: readonly CohortRow[] }) {
  const weeks = Math.max(...rows.map(({ retained }) => retained.length));
  const most = Math.max(
    0.001,
    ...rows.flatMap(({ users, retained }) => retained.slice(1).map((count) => count / users)),
  );
  return (
    <HeatTable
      caption={say.weeksCaption}
      corner={say.weekOf}
      columns={[say.users, ...Array.from({ length: weeks }, (_, week) => (week === 0 ? '0' : `+${week}`))]}
      rows={rows.map(({ cohort, users, retained }) => ({
        name: utcDayText(Date.parse(cohort)),
        cells: [
          { heat: null, text: countText(users), exact: say.usersCount(users) },
          ...Array.from({ length: weeks }, (_, week) => {
            const count = retained[week];
            if (count === undefined) return { heat: null, text: '', exact: say.notYet };
            const text = `${Math.round((count / users) * 100)}`;
            // Of the first week it is all of them.
            return {
              heat: week === 0 ? null : count / users / most,
              text,
              exact: say.ofUsers(count, users, text),
            };
          }),
        ],
      }))}
    />
  );
}
