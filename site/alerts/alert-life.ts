/** Who did what to an alert, and what made it so: its life in words. */
import type { AlertRow, AlertStep } from '../../core/alert/alert-row.ts';
import { countText } from '../format/number.ts';
import { measured, resolutionText } from '../live/alert-text.ts';
import * as say from '../text/alerts.ts';

export interface LifeStep {
  /** ISO time at which it was recorded. */
  readonly at: string;
  readonly what: string;
  readonly why: string;
  /** What a person wrote. */
  readonly comment: string | null;
}

const stateWords = { pending: say.inBreach, firing: say.firing, resolved: say.resolved } as const;
const causeWords = {
  window: say.aMinuteClosed,
  late_data: say.lateDataChangedAMinute,
  rule: say.theRuleChanged,
  person: say.aPersonSaidSo,
  accounts: say.theCheckOfTheAccounts,
} as const;

/** Oldest first. */
export function alertLife(alert: AlertRow): LifeStep[] {
  const { acknowledged_by: by, acknowledged_at: at, comment } = alert;
  const steps: LifeStep[] = alert.history.map((step) => ({
    at: step.recorded_at,
    what: stateWords[step.state],
    why: whyOf(alert, step),
    comment: null,
  }));
  // The harness of old rows: one that was recorded without its steps began all the same.
  if (steps.length === 0) steps.push({ at: alert.created_at, what: say.firing, why: '', comment: null });
  if (at !== null) steps.push({ at, what: say.acknowledged, why: by === null ? '' : say.by(by), comment });
  return steps.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function whyOf(alert: AlertRow, { state, metric_value: value, attempts, cause, by }: AlertStep): string {
  if (state === 'resolved' && cause === 'person' && alert.resolution === 'closed')
    return by === null ? resolutionText(alert) : say.closedBy(by);
  const measuredText = value === null ? '' : `${measured(alert.metric, value)}`;
  const of = attempts === null ? '' : say.ofDownloads(countText(attempts));
  return [measuredText && measuredText + of, causeWords[cause]].filter((text) => text !== '').join(', ');
}
