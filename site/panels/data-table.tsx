/** What a picture shows, as a table: always there for screen readers, shown to all by one key. */
import type { ReadonlySignal } from '@preact/signals';
import type { Figure } from '../format/number.ts';
import { Quantity } from './quantity.tsx';

export interface DataRow {
  readonly key: string;
  /** Time that the first names in short, ms. */
  readonly at?: number;
  /** The first names the row. */
  readonly cells: readonly (string | Figure)[];
}

interface DataTableProps {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly DataRow[];
  readonly isShown: ReadonlySignal<boolean>;
}

export function DataTable({ caption, columns, rows, isShown }: DataTableProps) {
  return (
    <section
      class={isShown.value ? 'table-scroll' : 'unseen'}
      aria-label={caption}
      // What scrolls must be reached by keyboard.
      tabIndex={isShown.value ? 0 : -1}
    >
      <table class="data">
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((name) => (
              <th scope="col" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, at, cells: [name = '', ...rest] }) => (
            <tr key={key}>
              <th scope="row" dir="auto">
                {at === undefined ? (
                  cell(name)
                ) : (
                  <time dateTime={new Date(at).toISOString()}>{cell(name)}</time>
                )}
              </th>
              {rest.map((value, i) => (
                <td key={columns[i + 1]} class={typeof value === 'string' ? 'words' : undefined}>
                  {cell(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const cell = (value: string | Figure) => (typeof value === 'string' ? value : <Quantity figure={value} />);
