/** When alerts were on, as spans of time to shade in the charts. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { AlertSeverity } from '../../core/alert/alert-rule.ts';
import { bySeverity } from './alert-feed.ts';

export interface AlertSpan {
  readonly alert: AlertRow;
  /** ms; `until` is null while it fires. */
  readonly from: number;
  readonly until: number | null;
}

/** A stretch of time without overlaps, in the worst severity of the alerts that were on. */
export interface SpanStretch {
  readonly severity: AlertSeverity;
  readonly from: number;
  /** Infinity while it fires. */
  readonly until: number;
}

export function alertSpans(alerts: readonly AlertRow[]): AlertSpan[] {
  return alerts.map((alert) => ({
    alert,
    from: Date.parse(alert.pending_since),
    until: alert.resolved_at === null ? null : Date.parse(alert.resolved_at),
  }));
}

/** The alerts that were on at some time of [from, until), the worst first. */
export function alertsWithin(spans: readonly AlertSpan[], from: number, until: number): AlertRow[] {
  return spans
    .filter((span) => span.from < until && (span.until === null || span.until > from))
    .map(({ alert }) => alert)
    .sort(bySeverity);
}

/** Spans laid over each other would add up to colours that mean nothing: each moment is shaded once. */
export function spanStretches(spans: readonly AlertSpan[]): SpanStretch[] {
  const ends = spans.flatMap(({ from, until }) => [from, until ?? Number.POSITIVE_INFINITY]);
  const edges = [...new Set(ends)].sort((a, b) => a - b);
  const stretches: SpanStretch[] = [];
  edges.forEach((from, i) => {
    const until = edges[i + 1];
    const worst = until === undefined ? undefined : alertsWithin(spans, from, until)[0];
    if (until === undefined || worst === undefined) return;
    const last = stretches.at(-1);
    if (last && last.until === from && last.severity === worst.severity) {
      stretches[stretches.length - 1] = { ...last, until };
    } else {
      stretches.push({ severity: worst.severity, from, until });
    }
  });
  return stretches;
}
