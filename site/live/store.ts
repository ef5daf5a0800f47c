/** What the page shows, as signals; all of it follows from what was heard, what is asked for, the pause and the time. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { LiveRegionState } from '../../core/live/live-state.ts';
import { windowMs } from '../../core/protocol/limits.ts';
import type { LiveRegionFacts } from '../../core/protocol/live.ts';
import { passes, valueListOf, withPressed } from '../filter/value-list.ts';
import * as say from '../text/live.ts';
import {
  type Acknowledgements,
  createAcknowledgements,
  type SendAck,
  withAnswer,
} from './acknowledgements.ts';
import { type AlertFeed, alertFeed } from './alert-feed.ts';
import { type AlertSpan, alertSpans, type SpanStretch, spanStretches } from './alert-spans.ts';
import {
  type Asked,
  type Change,
  changed,
  type FilterName,
  filtersOf,
  onlyRegion,
  searchWith,
} from './asked.ts';
import { type Figures, figuresOf } from './figures.ts';
import { type Frame, frameOf, liveFrame } from './frame.ts';
import { createHeard, type Heard } from './heard.ts';
import { createPause, type Pause } from './pause.ts';
import { createPictureFeed, type FeedPorts, type PictureFeed } from './picture-feed.ts';
import { judgedMs, type RegionSummary, regionSummaries } from './region-summary.ts';
import { besideOf, type Series, type Span, seriesOf } from './series.ts';
import { type ServiceState, serviceState } from './service-state.ts';
import { eventTypeShares, type Share } from './shares.ts';
import { type Before, comparedOf, type Shown, sameAsBefore, shownOf } from './shown.ts';
import type { Breakdown, ShownState } from './shown-state.ts';
import type { Moment } from './timing.ts';
import { cellTotals } from './totals.ts';

export interface Store {
  /** What has come, also while the page is paused. */
  readonly heard: Heard;
  readonly pause: Pause;
  /** What the page is asked to show, as in its address; its time, and the time of what is shown until that has come. */
  readonly asked: Signal<Asked>;
  readonly wanted: ReadonlySignal<Frame>;
  readonly frame: ReadonlySignal<Frame>;
  /** Start of the open minute. */
  readonly nowMs: ReadonlySignal<number>;
  /** Words of the address that mean nothing. */
  readonly left: Signal<readonly string[]>;
  readonly choose: (change: Change) => void;
  /** What was asked for beside the socket. */
  readonly feed: PictureFeed;
  /** What is shown: the newest, the paused picture, or the past. */
  readonly live: ReadonlySignal<ShownState | null>;
  readonly moment: ReadonlySignal<Moment>;
  /** True when the numbers are not those that are asked for by no one's wish: they fade, and the page says since when. */
  readonly stale: ReadonlySignal<boolean>;
  /** Changes when all panels show another part or another time. */
  readonly subject: ReadonlySignal<string>;
  /** Filters by a row or mark that is pressed; `isAdded`: beside the others. */
  press(name: FilterName, value: string, isAdded?: boolean): void;
  /** Of a value: looked at, left out, or neither. */
  markOf(name: FilterName, value: string): 'chosen' | 'left-out' | null;
  readonly summaries: ReadonlySignal<readonly RegionSummary[]>;
  /** The same, once a second. */
  readonly calmSummaries: ReadonlySignal<readonly RegionSummary[]>;
  /** By region name. */
  readonly facts: ReadonlySignal<ReadonlyMap<string, LiveRegionFacts>>;
  readonly service: ReadonlySignal<ServiceState>;
  readonly figures: ReadonlySignal<Figures>;
  /** Of the earlier time that is compared; null where none is, or it has not come. */
  readonly figuresBefore: ReadonlySignal<Figures | null>;
  /** The finer of two charts, and the longer; of a range there is only one. */
  readonly panes: ReadonlySignal<Series>;
  readonly minutes: ReadonlySignal<Series>;
  /** Null where it has not come, or is not of what is filtered to. */
  readonly breakdown: ReadonlySignal<Breakdown | null>;
  readonly eventTypes: ReadonlySignal<readonly Share[]>;
  readonly alerts: ReadonlySignal<AlertFeed>;
  /** Of the alerts in the feed; the same without overlaps. */
  readonly spans: ReadonlySignal<readonly AlertSpan[]>;
  readonly stretches: ReadonlySignal<readonly SpanStretch[]>;
  readonly acknowledgements: Acknowledgements;
}

/** What the store touches of the browser. */
export interface StorePorts extends FeedPorts {
  readonly sendAck: SendAck;
  /** Monotonic time, ms. */
  readonly clock: () => number;
  /** Of the wall: it decides what "today" is, and never what is counted. */
  readonly wallMs: () => number;
}

export function createStore(ports: StorePorts): Store {
  const heard = createHeard(ports.clock);
  const pause = createPause(heard);
  const asked = signal<Asked>({});
  const acknowledgements = createAcknowledgements(ports.sendAck);
  const nowMs = computed(() => {
    // Moves with the clock of the page; the server's time is known once it has spoken.
    const { asOf } = heard.moment.value;
    return Math.floor((asOf === 0 ? ports.wallMs() : asOf) / windowMs) * windowMs;
  });
  const wanted = sameAsBefore(computed(() => frameOf(asked.value, nowMs.value)));
  const isPaused = computed(() => pause.picture.value !== null);
  const feed = createPictureFeed(sameAsBefore(computed(() => wanted.value.question)), isPaused, ports);
  const shown = shownOf({ heard, pause, wanted, feed });
  const before = comparedOf({ asked, wanted, nowMs, isPaused, frame: shown.frame, ports });
  const acknowledged = (alerts: Iterable<AlertRow>): AlertRow[] => {
    const states = acknowledgements.states.value;
    return [...alerts].map((alert) => withAnswer(alert, states.get(alert.id)));
  };
  const left = signal<readonly string[]>([]);
  const choose = (change: Change): void => {
    left.value = [];
    asked.value = changed(asked.peek(), change);
  };
  return {
    heard,
    pause,
    asked,
    wanted,
    nowMs,
    left,
    choose,
    press: (name, value, isAdded = false) =>
      choose({ [name]: withPressed(asked.peek()[name], value, { isAdded, isTakenBack: true }) }),
    feed,
    acknowledgements,
    ...shown,
    ...derived({ asked, before, ...shown }, acknowledged),
  };
}

type Derived = Omit<
  Store,
  | keyof Shown
  | 'heard'
  | 'pause'
  | 'asked'
  | 'wanted'
  | 'nowMs'
  | 'left'
  | 'choose'
  | 'press'
  | 'feed'
  | 'acknowledgements'
>;

interface Sources extends Shown, Pick<Store, 'asked'> {
  readonly before: ReadonlySignal<Before | null>;
}

/** What follows from the shown picture. */
function derived(
  { asked, before, frame, live, moment, socket }: Sources,
  acknowledged: (alerts: Iterable<AlertRow>) => AlertRow[],
): Derived {
  const asOf = computed(() => moment.value.asOf);
  const regionFilter = computed(() => filtersOf(asked.value).find(({ name }) => name === 'region') ?? null);
  const regionsBefore = computed(() =>
    chosen(before.value?.state ?? null, (name) => passes(regionFilter.value, name)),
  );
  const regions = computed(() => chosen(live.value, (name) => passes(regionFilter.value, name)));
  const summariesOf = (state: ShownState | null, of: Frame) =>
    state ? regionSummaries(state, of, asOf.value) : [];
  const summaries = computed(() => summariesOf(live.value, frame.value));
  // These are the same objects until a frame changes them, so that what follows from them rests meanwhile.
  const allAlerts = computed(() => live.value?.alerts ?? noAlerts);
  const newestBreakdown = computed(() => live.value?.breakdown ?? null);
  const breakdown = computed(() => {
    const newest = newestBreakdown.value;
    const region = frame.value.question === null ? onlyRegion(asked.value) : null;
    return newest?.region === (region ?? '*') ? newest : null;
  });
  const alerts = computed(() => alertFeed(acknowledged(allAlerts.value.values()), regionFilter.value));
  const spans = computed(() => alertSpans([...alerts.value.firing, ...alerts.value.resolved]));
  // Bars that moved with every frame could not be read.
  const second = computed(() => Math.floor(asOf.value / 1000) * 1000);
  return {
    subject: computed(() => searchWith('', asked.value)),
    markOf: (name, value) => {
      const list = valueListOf(asked.value[name]);
      if (list === null) return null;
      return passes(list, value) ? (list.isNot ? null : 'chosen') : 'left-out';
    },
    summaries,
    calmSummaries: computed(() => (second.value > 0 && frame.value ? summaries.peek() : [])),
    facts: computed(() => live.value?.facts ?? noFacts),
    service: computed(() => {
      const { kind, endMs } = frame.value;
      // Of now by the socket, whatever is filtered to; of the past by its picture.
      const isPast = endMs !== null;
      const state = isPast ? live.value : socket.value;
      const of = isPast ? frame.value : liveFrame;
      const told = kind === 'live' && state === live.value ? summaries.value : summariesOf(state, of);
      return stateOf(state, told, of, asOf.value, acknowledged);
    }),
    figures: computed(() =>
      figuresOf(regions.value, live.value ?? nothing, breakdown.value, frame.value, asOf.value),
    ),
    ...overTime({ frame, before, regions, regionsBefore, asOf }),
    breakdown,
    eventTypes: computed(() => {
      const now = second.value;
      const { grain, judgedMs: length } = frame.value;
      return eventTypeShares(
        chosen(live.peek(), (name) => passes(regionFilter.value, name)),
        grain,
        now - length,
        now,
      );
    }),
    alerts,
    spans,
    stretches: computed(() => spanStretches(spans.value)),
  };
}

interface OverTime {
  readonly frame: ReadonlySignal<Frame>;
  readonly before: ReadonlySignal<Before | null>;
  readonly regions: ReadonlySignal<readonly LiveRegionState[]>;
  readonly regionsBefore: ReadonlySignal<readonly LiveRegionState[]>;
  readonly asOf: ReadonlySignal<number>;
}

/** The charts, and what is compared with them. */
function overTime({ frame, before, regions, regionsBefore, asOf }: OverTime) {
  const series = (spanOf: (frame: Frame) => Span) =>
    computed((): Series => {
      const now = seriesOf(regions.value, spanOf(frame.value), asOf.value, frame.value.endMs !== null);
      if (before.value === null) return now;
      const { state, shiftMs } = before.value;
      return { ...now, before: besideOf(regionsBefore.value, now, shiftMs, state.stepMs ?? windowMs) };
    });
  return {
    figuresBefore: computed(() => {
      if (before.value === null) return null;
      const { state, shiftMs } = before.value;
      // Of hours no part can be told.
      if ((state.stepMs ?? 0) > Math.max(frame.value.grain.slotMs, windowMs)) return null;
      return figuresOf(regionsBefore.value, state, null, frame.value, asOf.value - shiftMs);
    }),
    panes: series(({ spans: [first] }) => first),
    minutes: series(({ spans: [first, last] }) => last ?? first),
  };
}

function stateOf(
  state: ShownState | null,
  summaries: readonly RegionSummary[],
  { grain, judgedMs: overMs }: Frame,
  asOf: number,
  acknowledged: (alerts: Iterable<AlertRow>) => AlertRow[],
): ServiceState {
  const { events } = cellTotals(state?.regions.values() ?? [], grain, asOf - overMs, asOf);
  const firing = alertFeed(acknowledged(state?.alerts.values() ?? []), null).firing;
  return serviceState(summaries, events, firing, overMs === judgedMs ? undefined : say.inThisTime);
}

const noAlerts: ReadonlyMap<string, AlertRow> = new Map();
const noFacts: ReadonlyMap<string, LiveRegionFacts> = new Map();
const nothing = { at: 0 };

function chosen(live: ShownState | null, isChosen: (name: string) => boolean): readonly LiveRegionState[] {
  return [...(live?.regions ?? [])].flatMap(([name, region]) => (isChosen(name) ? [region] : []));
}
