import type { ComponentChildren } from 'preact';

/** A table whose cells are as strong as their values: it is a picture and its own table. */
interface HeatCell {
  /** 0 to 1 of the strongest; null where nothing is known. */
  readonly heat: number | null;
  /** In the cell. */
  readonly text: string;
  /** In full, on hover and read aloud. */
  readonly exact: string;
}

interface HeatRow {
  readonly name: string;
  readonly cells: readonly HeatCell[];
}

interface HeatTableProps {
  readonly caption: string;
  readonly corner: string;
  readonly columns: readonly string[];
  /** In place of a column's name, what can be pressed. */
  readonly head?: (name: string) => ComponentChildren;
  readonly rows: readonly HeatRow[];
  /** Cells are too small for words, so only colours are drawn, and the name of every third column. */
  readonly isDense?: boolean;
}

export function HeatTable({ caption, corner, columns, head, rows, isDense }: HeatTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
    <section class={`heat ${isDense ? 'dense' : ''}`} tabIndex={0} aria-label={caption}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{corner}</th>
            {columns.map((name, i) => (
              <th scope="col" key={name}>
                {isDense && i % 3 > 0 ? <span class="unseen">{name}</span> : head ? head(name) : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, cells }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {cells.map(({ heat, text, exact }, i) => (
                <td
                  key={columns[i]}
                  class={heat === null ? 'unknown' : ''}
                  style={{ '--heat': (heat ?? 0).toFixed(2) }}
                  title={exact}
                >
                  {isDense ? <span class="unseen">{exact}</span> : text}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
