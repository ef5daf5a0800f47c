/** What a whole is made of, as bars: each with its name, count and share above it. */
import type { ReadonlySignal } from '@preact/signals';
import { countFigure, type Figure, noFigure, shareFigure } from '../format/number.ts';
import type { FilterName } from '../live/asked.ts';
import { frameWords, lowered } from '../live/frame-words.ts';
import { joined, type Share } from '../live/shares.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';
import type { ViewState } from '../views/view-state.ts';
import { DataTable } from './data-table.tsx';
import { isAdding, Mark } from './mark.tsx';
import { PanelMore } from './panel-more.tsx';
import { Quantity } from './quantity.tsx';
import { Waiting } from './waiting.tsx';

const barsMax = 8;

interface SharesPanelProps {
  readonly id: string;
  readonly title: string;
  /** Null where nothing has come. */
  readonly shares: ReadonlySignal<readonly Share[] | null>;
  /** What a bar that is pressed filters by; bars without it cannot be pressed. */
  readonly field?: FilterName;
  readonly store: Store;
  readonly view: ViewState;
}

export function SharesPanel({ id, title, shares, field, store, view }: SharesPanelProps) {
  const words = frameWords(store.frame.value, store.asked.value);
  const over = field ? words.breakdown : words.span;
  const all = shares.value;
  const hasCounts = all?.some(({ count }) => count > 0) ?? false;
  return (
    <section class="panel shares-panel" aria-labelledby={`${id}-title`}>
      <header class="panel-head">
        <h2 id={`${id}-title`}>{title}</h2>
        <p class="readout quiet">{say.eventsOver(lowered(over))}</p>
        {hasCounts && <PanelMore title={title} />}
      </header>
      {all === null && <Waiting store={store} />}
      {all && !hasCounts && <p class="waiting quiet">{say.noEventsOver(lowered(over))}</p>}
      {all && hasCounts && (
        <>
          <ul class="bars" aria-hidden={field ? undefined : 'true'}>
            {joined(all, barsMax).map((share) => (
              <Bar key={share.label} share={share} store={store} field={field} />
            ))}
          </ul>
          <DataTable
            caption={`${title}, ${lowered(over)}`}
            {...tableOf(title, all)}
            isShown={view.tablesShown}
          />
        </>
      )}
    </section>
  );
}

interface BarProps extends Pick<SharesPanelProps, 'store'> {
  readonly share: Share;
  readonly field: FilterName | undefined;
}

/** The bar takes clicks for the hand; the button in it is what the keyboard and the screen reader meet. */
function Bar({ share, store, field }: BarProps) {
  const { value } = share;
  const mark = field && value !== null ? store.markOf(field, value) : null;
  const press =
    field && value !== null ? (event: MouseEvent) => store.press(field, value, isAdding(event)) : undefined;
  const success = share.isFailing ? shareFigure(share.successRate, '').text : null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button in it is for keys.
    <li class={`bar ${mark ?? ''}${press ? ' pressable' : ''}`} onClick={press}>
      <span class="bar-name" title={share.label}>
        {press ? (
          <button type="button" aria-pressed={mark === 'chosen'}>
            <bdi>{share.label}</bdi>
          </button>
        ) : (
          <bdi>{share.label}</bdi>
        )}
      </span>
      {success && (
        <span class="bar-failing">
          <Mark kind="failing" size={10} /> {say.percentSucceed(success)}
        </span>
      )}
      <span class="bar-count">
        <Quantity figure={countFigure(share.count)} />
      </span>
      <span class="bar-share">
        <Quantity figure={shareFigure(share.share, '')} />
      </span>
      <span class="bar-track">
        <span style={{ width: `${share.share * 100}%` }} />
      </span>
    </li>
  );
}

/** Event types have neither views nor downloads of their own, so neither have their columns. */
function tableOf(title: string, shares: readonly Share[]) {
  const isDeep = shares.some(({ downloads }) => downloads !== null);
  const count = (value: number | null): Figure =>
    value === null ? noFigure(say.notCounted) : countFigure(value);
  return {
    columns: [title, say.events, say.share, ...(isDeep ? [say.views, say.downloads, say.successRate] : [])],
    rows: shares.map((share) => ({
      key: share.label,
      cells: [
        share.label,
        countFigure(share.count),
        shareFigure(share.share, ''),
        ...(isDeep
          ? [count(share.views), count(share.downloads), shareFigure(share.successRate, say.noDownloads)]
          : []),
      ],
    })),
  };
}
