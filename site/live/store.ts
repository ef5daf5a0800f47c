/** What the page knows, as signals; everything shown follows from `live`, `link`, `region` and the time. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { LiveRegionState, LiveState } from '../../core/live/live-state.ts';
import type { ConnectionEvents, Link } from './connection.ts';
import { judgedMs, type RegionSummary, regionSummaries } from './region-summary.ts';
import { minuteSpan, paneSpan, type Series, seriesOf } from './series.ts';
import { type ServiceState, serviceState } from './service-state.ts';
import { type Moment, moment, noTiming, type Timing, withFrame } from './timing.ts';
import { eventsPerSecond, hourTotals, paneTotals, successRate } from './totals.ts';

/** Numbers of the service, or of the region that the page is filtered to. */
export interface Figures {
  /** Over the last minute. */
  readonly eventsPerSecond: number;
  /** Over the last hour. */
  readonly views: number;
  readonly downloads: number;
  /** Over the last 5 minutes, as are the next two. */
  readonly successRate: number | null;
  readonly downloadsJudged: number;
  readonly failedJudged: number;
  readonly viewers: number;
  /** From receipt at the door to the frame, of the newest event, ms; null before the first. */
  readonly freshnessMs: number | null;
}

export interface Store {
  /** Where the connection reports to. */
  readonly events: ConnectionEvents;
  readonly live: ReadonlySignal<LiveState | null>;
  readonly link: ReadonlySignal<Link>;
  /** Monotonic local time, ms; moves with frames and with `tick`. */
  readonly now: ReadonlySignal<number>;
  readonly moment: ReadonlySignal<Moment>;
  /** True when the numbers are not of now: they fade, and the page says since when. */
  readonly stale: ReadonlySignal<boolean>;
  /** Name of the region that the page is filtered to; null for all. */
  readonly region: Signal<string | null>;
  readonly summaries: ReadonlySignal<readonly RegionSummary[]>;
  readonly service: ReadonlySignal<ServiceState>;
  readonly figures: ReadonlySignal<Figures>;
  readonly panes: ReadonlySignal<Series>;
  readonly minutes: ReadonlySignal<Series>;
  tick(): void;
}

/** Further behind than this, numbers are no longer shown as those of now. */
const staleAfterMs = 5_000;

export function createStore(clock: () => number): Store {
  const live = signal<LiveState | null>(null);
  const link = signal<Link>({ kind: 'connecting' });
  const now = signal(clock());
  const timing = signal<Timing>(noTiming);
  const region = signal<string | null>(null);
  const at = computed(() => moment(timing.value, now.value));
  const asOf = computed(() => at.value.asOf);
  const regions = computed(() => chosenRegions(live.value, region.value));
  const summaries = computed(() => (live.value ? regionSummaries(live.value, asOf.value) : []));
  const setTiming = (change: Partial<Timing>) => {
    timing.value = { ...timing.value, ...change };
  };
  const events: ConnectionEvents = {
    link: (next) =>
      batch(() => {
        const isUp = next.kind === 'live';
        if (isUp && link.value.kind !== 'live') setTiming({ offset: Number.POSITIVE_INFINITY, pingedAt: 0 });
        if (!isUp && timing.value.lostAt === null) setTiming({ lostAt: clock() });
        link.value = next;
        now.value = clock();
      }),
    state: (state) =>
      batch(() => {
        now.value = clock();
        timing.value = withFrame(timing.value, state.at, now.value);
        live.value = state;
      }),
    heard: () => setTiming({ heardAt: clock() }),
    pinged: () => setTiming({ pingedAt: clock() }),
  };
  return {
    events,
    live,
    link,
    now,
    moment: at,
    region,
    stale: computed(() => link.value.kind !== 'live' || at.value.behindMs > staleAfterMs),
    summaries,
    service: computed(() => {
      const all = live.value?.regions.values() ?? [];
      return serviceState(summaries.value, paneTotals(all, asOf.value - judgedMs, asOf.value).events);
    }),
    figures: computed(() => figuresOf(regions.value, live.value?.at ?? 0, asOf.value)),
    panes: computed(() => seriesOf(regions.value, paneSpan, asOf.value)),
    minutes: computed(() => seriesOf(regions.value, minuteSpan, asOf.value)),
    tick: () => {
      now.value = clock();
    },
  };
}

function chosenRegions(live: LiveState | null, name: string | null): readonly LiveRegionState[] {
  if (live === null) return [];
  if (name === null) return [...live.regions.values()];
  const region = live.regions.get(name);
  return region ? [region] : [];
}

function figuresOf(regions: readonly LiveRegionState[], frameAt: number, asOf: number): Figures {
  const judged = paneTotals(regions, asOf - judgedMs, asOf);
  const hour = hourTotals(regions, asOf);
  const received = regions.flatMap(({ lastReceivedAt }) => (lastReceivedAt === null ? [] : [lastReceivedAt]));
  return {
    eventsPerSecond: eventsPerSecond(regions, asOf),
    views: hour.views,
    downloads: hour.downloads,
    successRate: successRate(judged),
    downloadsJudged: judged.downloads,
    failedJudged: judged.failed,
    viewers: regions.reduce((sum, { viewers }) => sum + viewers, 0),
    freshnessMs: received.length === 0 ? null : Math.max(0, frameAt - Math.max(...received)),
  };
}
