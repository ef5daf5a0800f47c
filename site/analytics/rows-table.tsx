/** Rows of an answer as a table: what names a row can be pressed, and its length is drawn beside its name. */

import type { ComponentChildren } from 'preact';
import { changeFigure, changeOf } from '../format/change.ts';
import { countryName } from '../format/country.ts';
import { countFigure, type Figure, shareFigure } from '../format/number.ts';
import { Quantity } from '../panels/quantity.tsx';
import * as say from '../text/analytics-batch.ts';
import { lengthsOf } from './bars.ts';
import { amountFigure, completionFigure } from './figures.ts';
import { type FilterName, filterWords, pressed } from './question.ts';
import { asked, chooseAnew } from './warehouse.ts';
import type { Figures } from './warehouse-rows.ts';

export interface Column<R> {
  readonly head: string;
  readonly unit?: string;
  /** Left out on a phone. */
  readonly isWide?: boolean;
  readonly isText?: boolean;
  /** As the service calls it, where it can be sorted by. */
  readonly sort?: string;
  readonly cell: (row: R) => Figure | ComponentChildren;
}

interface RowsTableProps<R> {
  readonly caption: string;
  readonly rows: readonly R[];
  /** Names the rows. */
  readonly head: string;
  readonly keyOf: (row: R) => string;
  readonly name: (row: R) => ComponentChildren;
  readonly rank?: (row: R) => number;
  /** Drawn as a bar, beside the longest. */
  readonly length?: (row: R) => number;
  readonly columns: readonly Column<R>[];
  /** What a table that can be sorted is sorted by. */
  readonly sorted?: { readonly by: string; readonly isUp: boolean; readonly sort: (by: string) => void };
  readonly nameSort?: string;
}

export function RowsTable<R>(props: RowsTableProps<R>) {
  const { caption, rows, head, keyOf, name, rank, length, columns, nameSort } = props;
  const lengths = length ? lengthsOf(rows.map(length)) : [];
  return (
    <div class="rows">
      <table class="data ranking">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <Head
              {...props}
              column={{ head, isText: true, cell: name, ...(nameSort && { sort: nameSort }) }}
            />
            {columns.map((column) => (
              <Head key={column.head} {...props} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={keyOf(row)}>
              <th scope="row" class="text named">
                <span class="name-line">
                  {rank && <span class="rank quiet">{rank(row)}</span>}
                  {name(row)}
                </span>
                {length && (
                  <span class="bar-track" aria-hidden="true">
                    <span style={{ width: `${(lengths[i] ?? 0) * 100}%` }} />
                  </span>
                )}
              </th>
              {columns.map((column) => (
                <td key={column.head} class={classOf(column)}>
                  {cellOf(column.cell(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const classOf = ({ isText, isWide }: Column<never>): string =>
  [isText && 'text', isWide && 'wide'].filter(Boolean).join(' ');

const cellOf = (cell: Figure | ComponentChildren) =>
  typeof cell === 'object' && cell !== null && 'exact' in cell ? <Quantity figure={cell} /> : cell;

function Head<R>({ column, sorted }: { readonly column: Column<R> } & Pick<RowsTableProps<R>, 'sorted'>) {
  const { head, unit, sort } = column;
  const isSorted = sorted !== undefined && sort === sorted.by;
  const words = (
    <>
      {head}
      {unit && <span class="unit">{unit}</span>}
    </>
  );
  return (
    <th
      scope="col"
      class={classOf(column)}
      {...(isSorted && { 'aria-sort': sorted.isUp ? 'ascending' : 'descending' })}
    >
      {sorted && sort ? (
        <button
          type="button"
          class={`sort ${isSorted ? (sorted.isUp ? 'up' : 'down') : ''}`}
          onClick={() => sorted.sort(sort)}
        >
          {words}
        </button>
      ) : (
        words
      )}
    </th>
  );
}

/** What is not known is no value that could be asked for. */
export function FilterButton({ name, value }: { readonly name: FilterName; readonly value: string | null }) {
  if (value === null) return <span class="quiet">–</span>;
  return (
    <button
      type="button"
      class="name-button"
      title={`${filterWords[name]}: ${value}`}
      onClick={() => chooseAnew(pressed(asked.peek(), name, value))}
    >
      <bdi>{wordOf(name, value)}</bdi>
    </button>
  );
}

/** Countries come as codes; what is none is shown as it came. */
export function wordOf(name: FilterName, value: string): string {
  if (name === 'device_type') return value.replaceAll('_', ' ');
  return name === 'country' && /^[A-Z]{2}$/.test(value) ? countryName(value) : value;
}

/** To a state of this page. */
export function Go({ to, children }: { readonly to: string; readonly children: ComponentChildren }) {
  return (
    <a class="name-button" href={to}>
      <bdi>{children}</bdi>
    </a>
  );
}

export const viewsColumn: Column<Figures> = {
  head: say.views,
  sort: 'views',
  cell: (row) => countFigure(row.views),
};
export const shareColumn: Column<{ readonly share: number | null }> = {
  head: say.share,
  cell: (row) => shareFigure(row.share, say.noViews),
};
export const hoursColumn: Column<Figures> = {
  head: say.watched,
  unit: say.h,
  sort: 'watch_hours',
  isWide: true,
  cell: (row) => amountFigure(row.watch_hours),
};
export const completionColumn: Column<Figures> = {
  head: say.completed,
  sort: 'completion',
  isWide: true,
  cell: (row) => completionFigure(row.avg_completion_rate),
};
export const changeColumn: Column<{ readonly views: number; readonly previous_views?: number | null }> = {
  head: say.change,
  isWide: true,
  cell: (row) => <span class="quiet">{cellOf(changeFigure(changeOf(row.views, row.previous_views)))}</span>,
};
