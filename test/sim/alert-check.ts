/** Follows what a simulated shard says of its alerts, and tells where it differs from the naive recount (ALR-1). */
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import type { AlertRule } from '../../core/alert/alert-rule.ts';
import type { AlertHistory, NaiveAlert, NaiveClosing } from './naive-alerts.ts';
import { recountAlerts } from './naive-alerts.ts';
import { sameValue } from './same-value.ts';

/** All that a naive recount needs beside the rules and what people did. */
export type AlertSituation = Omit<AlertHistory, 'rules' | 'closings'>;

export interface AlertTally {
  alerts: number;
  corrected: number;
  closed: number;
  silences: number;
  byContent: number;
}

type Differ = (what: string, actual: unknown, expected: unknown) => void;

export class AlertCheck {
  readonly #rules: readonly AlertRule[];
  readonly #same: Differ;
  #closings: readonly NaiveClosing[] = [];
  /** How often each alert has fired, by what the object's storage has held. */
  readonly #firings = new Map<string, number>();

  constructor(rules: readonly AlertRule[], same: Differ) {
    this.#rules = rules;
    this.#same = same;
  }

  /** A person has closed an alert, and that is stored. */
  noteClosing({ ruleId, ruleVersion, dimensionKey, resolvedMinute }: AlertRecord): void {
    const closing = { rule: ruleId, version: ruleVersion, key: dimensionKey, minute: resolvedMinute ?? 0 };
    this.#closings = [...this.#closings, closing];
  }

  /** What was just stored of alerts rests on the windows as they were before or behind the call. */
  checkNew(records: readonly AlertRecord[], before: AlertSituation, behind: AlertSituation): void {
    const fresh = records.filter((record) => firings(record) > (this.#firings.get(record.id) ?? 0));
    if (fresh.length === 0) return;
    const causes = [before, behind].flatMap((situation) => this.#recount(situation)).map(causeOf);
    for (const record of fresh) {
      this.#firings.set(record.id, firings(record));
      const told = causeOf(asNaive(record));
      if (!causes.some((cause) => sameValue(cause, told)))
        this.#same(`the cause of ${record.id}`, told, causes);
    }
  }

  /** Right after windows were judged the shard says of them what a recount says. */
  checkAll(what: string, records: readonly AlertRecord[], situation: AlertSituation, since: number): void {
    const of = (alerts: readonly NaiveAlert[]) =>
      alerts
        .filter(({ resolvedMinute }) => (resolvedMinute ?? Number.POSITIVE_INFINITY) > since)
        .map(lifeOf)
        .sort();
    const held = records.filter(({ resolution }) => resolution !== 'corrected').map(asNaive);
    this.#same(what, of(held), of(this.#recount(situation)));
  }

  #recount(situation: AlertSituation): NaiveAlert[] {
    return recountAlerts({ ...situation, rules: this.#rules, closings: this.#closings });
  }
}

export function tallyAlerts(records: readonly AlertRecord[]): AlertTally {
  const count = (test: (record: AlertRecord) => boolean) => records.filter(test).length;
  return {
    alerts: records.length,
    corrected: count(({ corrections }) => corrections > 0),
    closed: count(({ resolution }) => resolution === 'closed'),
    silences: count(({ metric }) => metric === 'silent_minutes'),
    byContent: count(({ dimension }) => dimension === 'content'),
  };
}

const firings = ({ history }: AlertRecord): number =>
  history.filter(({ state }) => state === 'firing').length;

function asNaive(record: AlertRecord): NaiveAlert {
  return {
    rule: record.ruleId,
    version: record.ruleVersion,
    key: record.dimensionKey,
    firedMinute: record.windowMinute,
    pendingMinute: record.pendingMinute,
    value: record.metricValue,
    attempts: record.attempts,
    resolvedMinute: record.resolvedMinute,
    resolution: record.resolution,
  };
}

function causeOf({ rule, version, key, firedMinute, pendingMinute, value, attempts }: NaiveAlert): unknown {
  return { rule, version, key, firedMinute, pendingMinute, value, attempts };
}

/** Values that late data moved without changing a verdict stay as they were recorded: they are not compared. */
function lifeOf({ rule, version, key, firedMinute, resolvedMinute, resolution }: NaiveAlert): string {
  return `${rule}.${version} ${key} fired ${firedMinute}, ${resolution} ${resolvedMinute}`;
}
