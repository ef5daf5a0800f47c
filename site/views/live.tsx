/** The Live view: is everything well, then where, then why. */

import type { Store } from '../live/store.ts';
import { FiguresPanel } from '../panels/figures-panel.tsx';
import { FilterLine } from '../panels/filter-line.tsx';
import { KeysPanel } from '../panels/keys-panel.tsx';
import { PageHead } from '../panels/page-head.tsx';
import { RegionsPanel } from '../panels/regions-panel.tsx';
import { SeriesPanel } from '../panels/series-panel.tsx';
import { ServicePanel } from '../panels/service-panel.tsx';
import { Skeleton } from './skeleton.tsx';
import type { ViewState } from './view-state.ts';

interface LiveViewProps {
  readonly store: Store;
  readonly view: ViewState;
  readonly retry: () => void;
}

export function LiveView({ store, view, retry }: LiveViewProps) {
  return (
    <>
      <PageHead store={store} view={view} />
      <main>
        <ServicePanel store={store} retry={retry} />
        {store.live.value !== null && <Numbers store={store} view={view} />}
        {store.live.value === null && store.link.value.kind === 'connecting' && <Skeleton />}
      </main>
      <KeysPanel shown={view.keysShown} />
    </>
  );
}

function Numbers({ store, view }: Pick<LiveViewProps, 'store' | 'view'>) {
  return (
    <div class={store.stale.value ? 'numbers stale' : 'numbers'}>
      <FilterLine store={store} />
      <FiguresPanel store={store} />
      <div class="panels">
        <RegionsPanel store={store} />
        <div class="series-panels">
          <SeriesPanel
            id="panes"
            title="Last 15 minutes"
            slots="by 10 s"
            series={store.panes}
            region={store.region}
            view={view}
          />
          <SeriesPanel
            id="minutes"
            title="Last hour"
            slots="by minute"
            series={store.minutes}
            region={store.region}
            view={view}
          />
        </div>
      </div>
    </div>
  );
}
