/** The Live view: is everything well, then where, then why. */
import { useComputed } from '@preact/signals';
import { AnnotationNews } from '../annotations/annotated.tsx';
import { frameWords } from '../live/frame-words.ts';
import { shareList } from '../live/shares.ts';
import type { Store } from '../live/store.ts';
import { AlertsPanel } from '../panels/alerts-panel.tsx';
import { Announcer } from '../panels/announcer.tsx';
import { FiguresPanel } from '../panels/figures-panel.tsx';
import { FilterLine } from '../panels/filter-line.tsx';
import { LeftWords } from '../panels/left-words.tsx';
import { MapPanel } from '../panels/map-panel.tsx';
import { PageFoot } from '../panels/page-foot.tsx';
import { PageHead } from '../panels/page-head.tsx';
import { PausedBar } from '../panels/paused-bar.tsx';
import { RegionsPanel } from '../panels/regions-panel.tsx';
import { SeriesPanel } from '../panels/series-panel.tsx';
import { ServicePanel } from '../panels/service-panel.tsx';
import { SharesPanel } from '../panels/shares-panel.tsx';
import { TimePlace } from '../panels/time-place.tsx';
import { TrendingPanel } from '../panels/trending-panel.tsx';
import { WhyLine } from '../panels/why-line.tsx';
import * as say from '../text/live.ts';
import { Skeleton } from './skeleton.tsx';
import type { ViewState } from './view-state.ts';

interface LiveViewProps {
  readonly store: Store;
  readonly view: ViewState;
  readonly retry: () => void;
}

/** Reads as little as it can: what it reads anew, all panels below it are made anew by. */
export function LiveView({ store, view, retry }: LiveViewProps) {
  const hasNumbers = useComputed(() => store.live.value !== null);
  const isConnecting = useComputed(() => store.heard.link.value.kind === 'connecting');
  return (
    <>
      <PageHead store={store} view={view} />
      <PausedBar store={store} />
      <main>
        <TimePlace store={store} view={view} />
        <LeftWords store={store} />
        <ServicePanel store={store} retry={retry} />
        {hasNumbers.value && <Numbers store={store} view={view} />}
        {!hasNumbers.value && isConnecting.value && <Skeleton />}
      </main>
      <PageFoot />
      <Announcer heard={store.heard} />
      <AnnotationNews />
    </>
  );
}

function Numbers({ store, view }: Pick<LiveViewProps, 'store' | 'view'>) {
  const of = { store, view };
  const words = frameWords(store.frame.value, store.asked.value);
  const devices = useComputed(() => listOf(store.breakdown.value?.devices));
  const types = useComputed(() => listOf(store.breakdown.value?.content_types));
  return (
    <div class={store.stale.value ? 'numbers stale' : 'numbers'}>
      <AlertsPanel {...of} />
      <FilterLine store={store} />
      <WhyLine store={store} />
      <FiguresPanel store={store} />
      <div class="panels">
        <RegionsPanel store={store} />
        <MapPanel {...of} />
        <div class="series-panels">
          {words.charts.map((chart, i) => (
            <SeriesPanel
              key={i}
              id={charts[i] ?? ''}
              {...chart}
              series={words.charts.length === 2 && i === 0 ? store.panes : store.minutes}
              {...of}
            />
          ))}
        </div>
        <TrendingPanel {...of} />
        <div class="shares-panels">
          <SharesPanel id="devices" title={say.devices} shares={devices} field="device_type" {...of} />
          <SharesPanel
            id="content-types"
            title={say.contentTypes}
            shares={types}
            field="content_type"
            {...of}
          />
          <SharesPanel id="event-types" title={say.eventTypes} shares={store.eventTypes} {...of} />
        </div>
      </div>
    </div>
  );
}

const charts = ['panes', 'minutes'] as const;

const listOf = (shares: Parameters<typeof shareList>[0] | null | undefined) =>
  shares ? shareList(shares) : null;
