/**
 * The alerts of a shard as SPEC.md describes them (ALR-1), counted from the list of all counted events at once. Shares
 * the rules' data with core/alert, and no code.
 */
import type { AlertRule } from '../../core/alert/alert-rule.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { eventTypes, statuses } from '../../core/protocol/event-type.ts';
import { dimensionKeysMax, windowMs } from '../../core/protocol/limits.ts';

export interface NaiveAlert {
  readonly rule: string;
  readonly version: number;
  readonly key: string | null;
  readonly firedMinute: number;
  readonly pendingMinute: number;
  readonly value: number;
  readonly attempts: number | null;
  readonly resolvedMinute: number | null;
  readonly resolution: string | null;
}

/** A person closed what a rule's version fired with: before window `minute` is judged. */
export interface NaiveClosing {
  readonly rule: string;
  readonly version: number;
  readonly key: string | null;
  readonly minute: number;
}

export interface AlertHistory {
  readonly events: readonly AcceptedEvent[];
  readonly rules: readonly AlertRule[];
  readonly closings: readonly NaiveClosing[];
  /** Minutes that were not silent though no event is of them: something was received in the next one. */
  readonly received: readonly number[];
  /** Minutes in which the lateness of a window was ended early, one entry a window. */
  readonly cuts: readonly number[];
  /** Windows up to this one are closed. */
  readonly throughMinute: number;
}

interface Sample {
  readonly minute: number;
  readonly value: number;
  readonly attempts: number | null;
}

interface Span {
  readonly from: number;
  /** The first minute that a newer version judges; Infinity for none. */
  readonly to: number;
}

export function recountAlerts(history: AlertHistory): NaiveAlert[] {
  const events = history.events.filter((event) => minuteOf(event) <= history.throughMinute);
  return history.rules
    .filter(({ enabled }) => enabled)
    .flatMap((rule) => {
      const newer = history.rules.filter(({ id, version }) => id === rule.id && version > rule.version);
      const span = { from: rule.fromMinute, to: Math.min(...newer.map(({ fromMinute }) => fromMinute)) };
      return keysOf(rule, events).flatMap((key) => {
        const samples = samplesOf(rule, key, { ...history, events }).filter(
          ({ minute }) => minute >= span.from && minute < span.to,
        );
        return alertsOf(rule, key, samples, span, history);
      });
    });
}

function keysOf(rule: AlertRule, events: readonly AcceptedEvent[]): (string | null)[] {
  if (rule.dimension === 'region') return [null];
  return [...new Set(events.map((event) => keyOf(rule, event)))].filter((key) => key !== null);
}

function keyOf(rule: AlertRule, event: AcceptedEvent): string | null {
  return rule.dimension === 'content' ? event.contentId : event.deviceType;
}

/** What the rule sees, minute by minute, where there is enough to decide. */
function samplesOf(rule: AlertRule, key: string | null, history: AlertHistory): Sample[] {
  if (rule.metric === 'silent_minutes') return silence(rule, history);
  if (rule.metric === 'lateness_cuts') return cuts(rule, history);
  const downloads = (key === null ? history.events : eventsOf(rule, key, history.events)).filter(
    (event) => eventTypes[event.type] === 'download',
  );
  const counts = new Map<number, { all: number; part: number }>();
  for (const event of downloads) {
    const count = counts.get(minuteOf(event)) ?? { all: 0, part: 0 };
    counts.set(minuteOf(event), count);
    const status = statuses[event.status] as string;
    count.all += 1;
    const parts = rule.metric === 'error_rate' ? ['failed'] : ['success', 'slow'];
    if (parts.includes(status)) count.part += 1;
  }
  return [...counts]
    .filter(([, { all }]) => all >= rule.attemptsMin)
    .map(([minute, { all, part }]) => ({ minute, value: part / all, attempts: all }))
    .sort((a, b) => a.minute - b.minute);
}

/** Events of a key in the windows that hold it by name: each holds the first that came (WIN-6). */
function eventsOf(rule: AlertRule, key: string, events: readonly AcceptedEvent[]): AcceptedEvent[] {
  const held = new Map<number, Set<string>>();
  return events.filter((event) => {
    const own = keyOf(rule, event);
    const names = held.get(minuteOf(event)) ?? new Set();
    held.set(minuteOf(event), names);
    if (own !== null && names.size < dimensionKeysMax) names.add(own);
    return own === key && names.has(key);
  });
}

/** Of a silence its beginning: as it goes on, nothing changes. */
function silence(rule: AlertRule, { events, received, throughMinute }: AlertHistory): Sample[] {
  const closed = received.filter((minute) => minute <= throughMinute);
  const heard = [...new Set([...events.map(minuteOf), ...closed])].sort((a, b) => a - b);
  return heard.flatMap((minute, i) => {
    const next = heard[i + 1] ?? throughMinute + 1;
    const told = Math.min(next - minute, rule.threshold + 2);
    return Array.from({ length: told }, (_, value) => ({ minute: minute + value, value, attempts: null }));
  });
}

function cuts(rule: AlertRule, { cuts: minutes, throughMinute }: AlertHistory): Sample[] {
  const near = new Set(
    minutes.flatMap((at) => [...Array(rule.resolveWindows + 1).keys()].map((n) => at + n)),
  );
  return [...near]
    .filter((minute) => minute <= throughMinute)
    .sort((a, b) => a - b)
    .map((minute) => ({ minute, value: minutes.filter((at) => at === minute).length, attempts: null }));
}

function alertsOf(
  rule: AlertRule,
  key: string | null,
  samples: readonly Sample[],
  span: Span,
  history: AlertHistory,
): NaiveAlert[] {
  const closings = history.closings.filter(
    (one) => one.rule === rule.id && one.version === rule.version && one.key === key && one.minute <= span.to,
  );
  const done: NaiveAlert[] = [];
  let bad: Sample[] = [];
  let firing: NaiveAlert | null = null;
  let well = 0;
  let muted = false;
  const close = (isDue: (minute: number) => boolean): void => {
    for (const { minute } of closings.filter((closing) => isDue(closing.minute))) {
      if (!firing || minute <= firing.firedMinute) continue;
      done.push({ ...firing, resolvedMinute: minute, resolution: 'closed' });
      firing = null;
      muted = true;
    }
  };
  let before = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    const since = before;
    close((minute) => minute > since && minute <= sample.minute);
    before = sample.minute;
    const isBad = isBreach(rule, sample.value);
    const isWell = isHealthy(rule, sample.value);
    if (firing) {
      well = isWell ? well + 1 : 0;
      if (well === rule.resolveWindows) {
        done.push({ ...(firing as NaiveAlert), resolvedMinute: sample.minute, resolution: 'healthy' });
        firing = null;
        bad = [];
      }
    } else if (muted) {
      if (isWell) muted = false;
    } else {
      bad = isBad ? [...bad, sample] : [];
      if (bad.length === rule.windows) {
        firing = fired(rule, key, bad);
        bad = [];
        well = 0;
      }
    }
  }
  const last = before;
  close((minute) => minute > last);
  if (firing && span.to <= history.throughMinute)
    done.push({ ...(firing as NaiveAlert), resolvedMinute: span.to, resolution: 'rule_changed' });
  else if (firing) done.push(firing);
  return done;
}

function fired(rule: AlertRule, key: string | null, bad: readonly Sample[]): NaiveAlert {
  const counts = bad.flatMap(({ attempts }) => (attempts === null ? [] : [attempts]));
  return {
    rule: rule.id,
    version: rule.version,
    key,
    firedMinute: (bad.at(-1) as Sample).minute,
    pendingMinute: (bad[0] as Sample).minute,
    value: sum(bad.map(({ value }) => value)) / bad.length,
    attempts: counts.length > 0 ? sum(counts) : null,
    resolvedMinute: null,
    resolution: null,
  };
}

function isBreach({ breach, threshold }: AlertRule, value: number): boolean {
  if (breach === 'below') return value < threshold;
  return breach === 'above' ? value > threshold : value >= threshold;
}

function isHealthy({ breach, resolveThreshold }: AlertRule, value: number): boolean {
  return breach === 'below' ? value >= resolveThreshold : value <= resolveThreshold;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function minuteOf(event: AcceptedEvent): number {
  return Math.floor(event.timeMs / windowMs);
}
