/** What the page shows, as signals; all of it follows from what was heard, the filter, the pause and the time. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { LiveRegionState, LiveState } from '../../core/live/live-state.ts';
import type { LiveBreakdown, LiveRegionFacts } from '../../core/protocol/live.ts';
import {
  type Acknowledgements,
  createAcknowledgements,
  type SendAck,
  withAnswer,
} from './acknowledgements.ts';
import { type AlertFeed, alertFeed } from './alert-feed.ts';
import { type AlertSpan, alertSpans, type SpanStretch, spanStretches } from './alert-spans.ts';
import { type Figures, figuresOf } from './figures.ts';
import { createHeard, type Heard } from './heard.ts';
import { createPause, type Pause } from './pause.ts';
import { judgedMs, type RegionSummary, regionSummaries } from './region-summary.ts';
import { minuteSpan, paneSpan, type Series, seriesOf } from './series.ts';
import { type ServiceState, serviceState } from './service-state.ts';
import { eventTypeShares, type Share } from './shares.ts';
import type { Moment } from './timing.ts';
import { paneTotals } from './totals.ts';

export interface Store {
  /** What has come, also while the page is paused. */
  readonly heard: Heard;
  readonly pause: Pause;
  /** What is shown: the newest, or the paused picture. */
  readonly live: ReadonlySignal<LiveState | null>;
  readonly moment: ReadonlySignal<Moment>;
  /** True when the numbers are not of now by no one's wish: they fade, and the page says since when. */
  readonly stale: ReadonlySignal<boolean>;
  /** Name of the region that the page is filtered to; null for all. */
  readonly region: Signal<string | null>;
  readonly summaries: ReadonlySignal<readonly RegionSummary[]>;
  /** The same, once a second. */
  readonly calmSummaries: ReadonlySignal<readonly RegionSummary[]>;
  /** By region name. */
  readonly facts: ReadonlySignal<ReadonlyMap<string, LiveRegionFacts>>;
  readonly service: ReadonlySignal<ServiceState>;
  readonly figures: ReadonlySignal<Figures>;
  readonly panes: ReadonlySignal<Series>;
  readonly minutes: ReadonlySignal<Series>;
  /** Of the region or of all; null where it has not come, or is not of what is filtered to. */
  readonly breakdown: ReadonlySignal<LiveBreakdown | null>;
  readonly eventTypes: ReadonlySignal<readonly Share[]>;
  readonly alerts: ReadonlySignal<AlertFeed>;
  /** Of the alerts in the feed; the same without overlaps. */
  readonly spans: ReadonlySignal<readonly AlertSpan[]>;
  readonly stretches: ReadonlySignal<readonly SpanStretch[]>;
  readonly acknowledgements: Acknowledgements;
}

/** Further behind than this, numbers are no longer shown as those of now. */
const staleAfterMs = 5_000;

export function createStore(clock: () => number, sendAck: SendAck): Store {
  const heard = createHeard(clock);
  const pause = createPause(heard);
  const acknowledgements = createAcknowledgements(sendAck);
  const region = signal<string | null>(null);
  const live = computed(() => (pause.picture.value ?? { live: heard.live.value }).live);
  const moment = computed(() => {
    const picture = pause.picture.value;
    return picture ? { asOf: picture.asOf, behindMs: 0 } : heard.moment.value;
  });
  const asOf = computed(() => moment.value.asOf);
  const regions = computed(() => chosenRegions(live.value, region.value));
  const summaries = computed(() => (live.value ? regionSummaries(live.value, asOf.value) : []));
  // These are the same objects until a frame changes them, so that what follows from them rests meanwhile.
  const allAlerts = computed(() => live.value?.alerts ?? noAlerts);
  const newestBreakdown = computed(() => live.value?.breakdown ?? null);
  const shownAlerts = computed(() => {
    const states = acknowledgements.states.value;
    return [...allAlerts.value.values()].map((alert) => withAnswer(alert, states.get(alert.id)));
  });
  const alerts = computed(() => alertFeed(shownAlerts.value, region.value));
  const breakdown = computed(() => {
    const newest = newestBreakdown.value;
    return newest?.region === (region.value ?? '*') ? newest : null;
  });
  const spans = computed(() => alertSpans([...alerts.value.firing, ...alerts.value.resolved]));
  // Bars that moved with every frame could not be read.
  const second = computed(() => Math.floor(asOf.value / 1000) * 1000);
  return {
    heard,
    pause,
    live,
    moment,
    region,
    stale: computed(() => pause.picture.value === null && isStale(heard)),
    summaries,
    calmSummaries: computed(() => (second.value > 0 ? summaries.peek() : [])),
    facts: computed(() => live.value?.facts ?? noFacts),
    service: computed(() => {
      const all = live.value?.regions.values() ?? [];
      const events = paneTotals(all, asOf.value - judgedMs, asOf.value).events;
      return serviceState(summaries.value, events, alertFeed(shownAlerts.value, null).firing);
    }),
    figures: computed(() => figuresOf(regions.value, breakdown.value, live.value?.at ?? 0, asOf.value)),
    panes: computed(() => seriesOf(regions.value, paneSpan, asOf.value)),
    minutes: computed(() => seriesOf(regions.value, minuteSpan, asOf.value)),
    breakdown,
    eventTypes: computed(() => {
      const now = second.value;
      return eventTypeShares(chosenRegions(live.peek(), region.value), now - judgedMs, now);
    }),
    alerts,
    spans,
    stretches: computed(() => spanStretches(spans.value)),
    acknowledgements,
  };
}

const noAlerts: ReadonlyMap<string, AlertRow> = new Map();
const noFacts: ReadonlyMap<string, LiveRegionFacts> = new Map();

function isStale({ link, moment }: Heard): boolean {
  return link.value.kind !== 'live' || moment.value.behindMs > staleAfterMs;
}

function chosenRegions(live: LiveState | null, name: string | null): readonly LiveRegionState[] {
  if (live === null) return [];
  if (name === null) return [...live.regions.values()];
  const region = live.regions.get(name);
  return region ? [region] : [];
}
