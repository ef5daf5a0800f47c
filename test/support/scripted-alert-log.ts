/** The alerts that the scripted service has kept, and the minutes around them: what the page /alerts asks for. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { type Problem, type ProblemCode, problem } from '../../core/protocol/problem.ts';
import { scriptedAlert } from './scripted-alerts.ts';

const minuteMs = 60_000;

export interface ScriptedLog {
  /** Kept besides those that a snapshot brings. */
  past: AlertRow[];
  /** What the next questions whose path begins so are answered; null: as asked. */
  fault: { readonly of: string; readonly code: ProblemCode } | null;
  /** Addresses of what was asked. */
  readonly asked: string[];
}

export const emptyLog = (): ScriptedLog => ({ past: [], fault: null, asked: [] });

/** Resolved ones of some days, the newest an hour and a half old. */
export function pastAlerts(count: number, now: number): AlertRow[] {
  const regions = ['EU-London', 'US-Virginia', 'ASIA-Tokyo', 'SA-SaoPaulo', 'EU-Paris'];
  return Array.from({ length: count }, (_, i) => {
    const began = now - (90 + i * 47) * minuteMs;
    const at = (minutes: number): string => new Date(began + minutes * minuteMs).toISOString();
    const isWarning = i % 3 === 1;
    const region = regions[i % regions.length] ?? '';
    const rate = isWarning ? 0.13 + (i % 5) / 40 : 0.41 + (i % 7) / 20;
    const message = isWarning
      ? `Downloads are failing in ${region}: ${(rate * 100).toFixed(1)} % of 812 downloads failed in 3 minutes in a row (at most 10.0 %).`
      : `Downloads are failing in ${region}: only ${(rate * 100).toFixed(1)} % of 431 downloads succeeded (the limit is 90.0 %).`;
    return scriptedAlert(`past-${i}`, now, {
      region,
      message,
      ...(isWarning
        ? {
            alert_type: 'HIGH_ERROR_RATE',
            severity: 'WARNING',
            metric: 'error_rate',
            threshold_value: 0.1,
          }
        : {}),
      metric_value: rate,
      attempts: isWarning ? 812 : 431,
      pending_since: at(0),
      window_start: at(isWarning ? 2 : 0),
      created_at: at(isWarning ? 3.1 : 1.1),
      state: 'resolved',
      resolved_at: at(9 + (i % 11)),
      resolution: i % 6 === 5 ? 'closed' : 'healthy',
      history: [
        step('pending', at(0), at(1.1), rate),
        step('firing', at(0), at(isWarning ? 3.1 : 1.1), rate),
        {
          ...step('resolved', at(8), at(9 + (i % 11)), 0.97),
          cause: i % 6 === 5 ? ('person' as const) : ('window' as const),
          by: i % 6 === 5 ? 'Ada Okafor' : null,
        },
      ],
      ...(i % 4 === 0
        ? {
            acknowledged: true,
            acknowledged_by: 'Mei Tanaka',
            acknowledged_at: at(4),
            comment: 'Called the CDN.',
          }
        : {}),
    });
  });
}

function step(state: 'pending' | 'firing' | 'resolved', window: string, recorded: string, value: number) {
  return {
    state,
    window_start: window,
    metric_value: value,
    attempts: 431,
    cause: 'window' as const,
    by: null as string | null,
    recorded_at: recorded,
  };
}

/** Null for an address that it does not know. */
export function answerLog(log: ScriptedLog, told: readonly AlertRow[], url: URL): object | Problem | null {
  const known = ['/api/stats/alerts', '/api/stats/timeseries', '/api/alerts/rules'];
  if (!known.includes(url.pathname)) return null;
  log.asked.push(url.pathname + url.search);
  if (log.fault && url.pathname.startsWith(log.fault.of))
    return problem(log.fault.code, 'The database did not answer in time.');
  const all = [...told, ...log.past.filter(({ id }) => !told.some((one) => one.id === id))];
  if (url.pathname === '/api/alerts/rules')
    return {
      data: ['HIGH_ERROR_RATE', 'LATENESS_CUT', 'LOW_SUCCESS_RATE', 'NO_DATA'].map((alert_type) => ({
        alert_type,
      })),
    };
  return url.pathname === '/api/stats/alerts'
    ? listed(all, url.searchParams)
    : minutes(all, url.searchParams);
}

function listed(all: readonly AlertRow[], query: URLSearchParams): object {
  const now = Date.now();
  const from = Date.parse(query.get('from') ?? '') || now - Number(query.get('minutes')) * minuteMs;
  const to = Date.parse(query.get('to') ?? '') || now + minuteMs;
  const same = (['severity', 'region', 'state', 'alert_type', 'acknowledged'] as const).filter((name) =>
    query.has(name),
  );
  const found = all
    .filter((alert) => Date.parse(alert.created_at) >= from && Date.parse(alert.created_at) < to)
    .filter((alert) => same.every((name) => String(alert[name]) === query.get(name)))
    .toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
  const start = Number(query.get('cursor') ?? 0);
  const limit = Number(query.get('limit') ?? 50);
  const next = start + limit < found.length ? String(start + limit) : null;
  return { data: found.slice(start, start + limit), count: found.length, meta: { next_cursor: next } };
}

/** As bad as the region's alerts of these minutes say. */
function minutes(all: readonly AlertRow[], query: URLSearchParams): object {
  const region = query.get('region');
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''].map(Date.parse) as [number, number];
  const own = all.filter((alert) => alert.region === region);
  const data = Array.from({ length: Math.min(180, (to - from) / minuteMs) }, (_, i) => {
    const start = from + i * minuteMs;
    const on = own.find(
      (alert) =>
        Date.parse(alert.pending_since) <= start &&
        (alert.resolved_at === null || Date.parse(alert.resolved_at) > start + 2 * minuteMs),
    );
    const wobble = ((start / minuteMs) * 37) % 11;
    const bad = on?.metric === 'success_rate' ? 1 - on.metric_value : (on?.metric_value ?? 0);
    const error = on && on.metric !== 'silent_minutes' ? bad + (wobble - 5) / 120 : 0.02 + wobble / 900;
    const isSilent = on?.metric === 'silent_minutes';
    const downloads = isSilent ? 0 : 400 + wobble * 9;
    return {
      window_start: new Date(start).toISOString(),
      total_events: isSilent ? 0 : 3_000 + wobble * 20,
      total_downloads: downloads,
      success_rate: downloads === 0 ? null : 1 - error,
      error_rate: downloads === 0 ? null : error,
      open: start + minuteMs > Date.now() - 5_000,
    };
  });
  return { data, count: data.length };
}
