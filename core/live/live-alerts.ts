/** Which alerts live frames carry. Hub and browser drop by the same function, so that both hold the same ones. */
import type { AlertRow } from '../alert/alert-row.ts';
import { liveAlertsMs } from '../protocol/limits.ts';

/** True while it fires, and for liveAlertsMs after it was resolved. `at`: time of a frame, ms. */
export function alertInSight({ resolved_at: resolvedAt }: AlertRow, at: number): boolean {
  return resolvedAt === null || Date.parse(resolvedAt) > at - liveAlertsMs;
}

/** The alerts of a state with those of a frame laid over them; the same map where nothing has changed. */
export function mergedAlerts(
  before: ReadonlyMap<string, AlertRow>,
  changed: readonly AlertRow[],
  at: number,
): ReadonlyMap<string, AlertRow> {
  const gone = [...before.values()].some((alert) => !alertInSight(alert, at));
  if (!gone && changed.length === 0) return before;
  const all = new Map(before);
  for (const alert of changed) all.set(alert.id, alert);
  return new Map([...all].filter(([, alert]) => alertInSight(alert, at)));
}
