/** Alerts for the site's harness. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { Play } from './scripted-traffic.ts';

const minuteMs = 60_000;

/** An alert of EU-London that began to fire two minutes before `now`, with what is said otherwise. */
export function scriptedAlert(id: string, now: number, change: Partial<AlertRow> = {}): AlertRow {
  const minute = Math.floor(now / minuteMs);
  return {
    id,
    alert_type: 'LOW_SUCCESS_RATE',
    severity: 'CRITICAL',
    state: 'firing',
    message: failing(
      'EU-London',
      'only 65.9 % of 512 downloads succeeded in the minute from 12:03 UTC',
      '90.0',
    ),
    region: 'EU-London',
    dimension: 'region',
    dimension_key: null,
    metric: 'success_rate',
    metric_value: 0.659,
    threshold_value: 0.9,
    attempts: 512,
    pending_since: ago(minute, 3),
    window_start: ago(minute, 3),
    created_at: ago(minute, 2),
    resolved_at: null,
    resolution: null,
    corrections: 0,
    history: [],
    rule_version: 1,
    acknowledged: false,
    acknowledged_by: null,
    acknowledged_at: null,
    comment: null,
    ...change,
  };
}

/** As core/alert/message.ts words it. */
function failing(region: string, what: string, limit: string): string {
  return `Downloads are failing in ${region}: ${what} (the limit is ${limit} %).`;
}

/** The same alert, over since `now`. */
export function resolvedAlert(alert: AlertRow, now: number): AlertRow {
  return { ...alert, state: 'resolved', resolved_at: new Date(now).toISOString(), resolution: 'healthy' };
}

/** Those that each play begins with. */
export function scriptedAlerts(play: Play, now: number): AlertRow[] {
  switch (play) {
    case 'failing':
      return outageAlerts(now);
    case 'mixed':
      return mixedAlerts(now);
    case 'crowded':
      return hardAlerts(now);
    case 'normal':
    case 'empty':
      return [];
  }
}

const errors = {
  alert_type: 'HIGH_ERROR_RATE',
  severity: 'WARNING',
  metric: 'error_rate',
  threshold_value: 0.1,
} as const;

function outageAlerts(now: number): AlertRow[] {
  const minute = Math.floor(now / minuteMs);
  return [
    scriptedAlert('london-low', now, { pending_since: ago(minute, 6), window_start: ago(minute, 6) }),
    scriptedAlert('paris-low', now, {
      region: 'EU-Paris',
      message: failing(
        'EU-Paris',
        'only 78.3 % of 247 downloads succeeded in the minute from 12:04 UTC',
        '90.0',
      ),
      metric_value: 0.783,
      attempts: 247,
      pending_since: ago(minute, 5),
      corrections: 2,
    }),
    scriptedAlert('london-errors', now, {
      ...errors,
      message: failing(
        'EU-London',
        '34.1 % of 1536 downloads failed in 3 minutes in a row up to 12:06 UTC',
        '10.0',
      ),
      metric_value: 0.341,
      attempts: 1_536,
      pending_since: ago(minute, 6),
      acknowledged: true,
      acknowledged_by: 'ada',
      acknowledged_at: ago(minute, 1),
      comment: 'The origin in London is being drained.',
    }),
    scriptedAlert('sydney-silent', now, silent('OC-Sydney', minute, 41, 29)),
  ];
}

function mixedAlerts(now: number): AlertRow[] {
  const minute = Math.floor(now / minuteMs);
  return [
    scriptedAlert('mumbai-errors', now, {
      ...errors,
      region: 'ASIA-Mumbai',
      message: failing(
        'ASIA-Mumbai',
        '19.1 % of 1128 downloads failed in 3 minutes in a row up to 12:06 UTC',
        '10.0',
      ),
      metric_value: 0.1904,
      attempts: 1_128,
      pending_since: ago(minute, 5),
    }),
    scriptedAlert('sydney-silent', now, silent('OC-Sydney', minute, 4, null)),
  ];
}

/** More than are shown at once, in words without end. */
function hardAlerts(now: number): AlertRow[] {
  return Array.from({ length: 9 }, (_, i) =>
    scriptedAlert(`crowded-${i}`, now, {
      ...(i % 3 === 0 ? errors : {}),
      message: `A message of an alert that goes on and ${'on and '.repeat(20)}on: ${'x'.repeat(90)}`,
      dimension: 'content',
      dimension_key: `id-${'y'.repeat(125)}`,
      corrections: i,
    }),
  );
}

function silent(region: string, minute: number, since: number, until: number | null): Partial<AlertRow> {
  return {
    alert_type: 'NO_DATA',
    severity: 'INFO',
    region,
    message: `No events from ${region} for 5 minutes, though it had traffic before.`,
    metric: 'silent_minutes',
    metric_value: 5,
    threshold_value: 5,
    attempts: null,
    pending_since: ago(minute, since),
    ...(until === null ? {} : { state: 'resolved', resolved_at: ago(minute, until), resolution: 'healthy' }),
  };
}

const ago = (minute: number, minutes: number): string =>
  new Date((minute - minutes) * minuteMs).toISOString();
