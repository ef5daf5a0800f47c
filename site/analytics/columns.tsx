/** Counts over hours or days as columns. It is a picture only: the numbers stand in the table beside it. */
import { axisOf, type Column } from './bars.ts';

export function Columns({ columns }: { readonly columns: readonly Column[] }) {
  const { max, lines } = axisOf(columns);
  return (
    <div class={columns.length > 31 ? 'columns dense' : 'columns'} aria-hidden="true">
      <div class="column-lines">
        {lines.map(({ at, word }) => (
          <span class="column-line" key={at} style={{ bottom: `${at * 100}%` }}>
            <span>{word}</span>
          </span>
        ))}
      </div>
      <ol class="column-row">
        {columns.map(({ key, value, label, text }) => (
          <li class={value === null ? 'column unknown' : 'column'} key={key} title={text}>
            <span class="column-fill" style={{ height: `${((value ?? 0) / max) * 100}%` }} />
            {label !== '' && <span class="column-label">{label}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}
