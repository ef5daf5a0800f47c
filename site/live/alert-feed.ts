/** Alerts in the order in which a person wants them. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { type AlertSeverity, alertSeverities } from '../../core/alert/alert-rule.ts';
import { passes, type ValueList } from '../filter/value-list.ts';

export interface AlertFeed {
  /** The most severe first; of these what nobody has acknowledged, then the newest. */
  readonly firing: readonly AlertRow[];
  /** The newest first. */
  readonly resolved: readonly AlertRow[];
  /** Firing alerts of regions that the filter hides. */
  readonly firingElsewhere: number;
}

/** `regions`: the filter; null for all. */
export function alertFeed(alerts: Iterable<AlertRow>, regions: ValueList | null): AlertFeed {
  const all = [...alerts];
  const own = all.filter(({ region }) => passes(regions, region));
  const isFiring = ({ state }: AlertRow): boolean => state === 'firing';
  return {
    firing: own.filter(isFiring).sort(byUrgency),
    resolved: own.filter((alert) => !isFiring(alert)).sort(byResolution),
    firingElsewhere: all.filter(isFiring).length - own.filter(isFiring).length,
  };
}

export function firingCount(alerts: ReadonlyMap<string, AlertRow>): number {
  return [...alerts.values()].filter(({ state }) => state === 'firing').length;
}

/** The most severe of these; null of none. */
export function worstSeverity(alerts: readonly AlertRow[]): AlertSeverity | null {
  return alertSeverities.find((severity) => alerts.some((alert) => alert.severity === severity)) ?? null;
}

export function bySeverity(a: AlertRow, b: AlertRow): number {
  return alertSeverities.indexOf(a.severity) - alertSeverities.indexOf(b.severity);
}

function byUrgency(a: AlertRow, b: AlertRow): number {
  return (
    bySeverity(a, b) ||
    Number(a.acknowledged) - Number(b.acknowledged) ||
    Date.parse(b.created_at) - Date.parse(a.created_at) ||
    a.id.localeCompare(b.id, 'en')
  );
}

function byResolution(a: AlertRow, b: AlertRow): number {
  const when = ({ resolved_at: at }: AlertRow): number => (at === null ? 0 : Date.parse(at));
  return when(b) - when(a) || a.id.localeCompare(b.id, 'en');
}
