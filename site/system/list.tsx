/** A list of the System page: a title, and a table or what stands for it. */
import type { ComponentChildren } from 'preact';
import { countFigure } from '../format/number.ts';
import { delayFigure } from '../format/time.ts';
import { Mark, type MarkKind } from '../panels/mark.tsx';
import { PanelMore } from '../panels/panel-more.tsx';
import { Quantity } from '../panels/quantity.tsx';

interface ListProps {
  readonly id: string;
  readonly title: string;
  readonly remark?: ComponentChildren;
  readonly columns: readonly string[];
  /** Keys, and cells: the first names the row. */
  readonly rows: readonly (readonly [string, readonly ComponentChildren[]])[];
  /** Instead of the table, where there are no rows. */
  readonly none: ComponentChildren;
  readonly children?: ComponentChildren;
}

export function List({ id, title, remark, columns, rows, none, children }: ListProps) {
  return (
    <section class="part" id={id} aria-labelledby={`${id}-title`}>
      <header class="list-head">
        <h2 id={`${id}-title`}>{title}</h2>
        {rows.length > 0 && <PanelMore title={title} />}
      </header>
      {remark && <p class="quiet">{remark}</p>}
      {rows.length === 0 ? (
        <p class="none">{none}</p>
      ) : (
        <table class="list sums-list">
          <caption class="unseen">{title}</caption>
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
            {rows.map(([key, [name, ...cells]]) => (
              <tr key={key}>
                <th scope="row" class="name">
                  {name}
                </th>
                {cells.map((cell, i) => (
                  <td
                    key={columns[i + 1]}
                    data-label={columns[i + 1]}
                    class={cell === nothing ? 'nothing' : undefined}
                  >
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {children}
    </section>
  );
}

export const state = (kind: MarkKind, word: ComponentChildren) => (
  <span class="state">
    <Mark kind={kind} size={10} />
    {word}
  </span>
);
export const nothing = '–';
export const count = (value: number) => (value === 0 ? nothing : <Quantity figure={countFigure(value)} />);
export const delay = (ms: number | null) => (ms === null ? nothing : <Quantity figure={delayFigure(ms)} />);
export const under = (text: ComponentChildren) => <span class="under">{text}</span>;
