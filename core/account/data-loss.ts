/** The alert DATA_LOSS (ING-6d): of an hour of a region of which the accounts do not add up. No rule judges it. */
import type { AlertRecord, AlertTransition } from '../alert/alert-record.ts';
import { alertHistoryMax } from '../protocol/limits.ts';

export const dataLossType = 'DATA_LOSS';

/** One hour of a region that does not add up. */
export interface Loss {
  readonly regionNumber: number;
  readonly region: string;
  /** Epoch hour: of receipt where events are missing, of event time where batch or the lake is wrong. */
  readonly hour: number;
  /** Events that it is about, at least. */
  readonly events: number;
  /** Why, as parts of a sentence. */
  readonly why: readonly string[];
}

export const lossId = ({ regionNumber, hour }: Pick<Loss, 'regionNumber' | 'hour'>): string =>
  `${dataLossType}.1.${regionNumber}.${hour}`;

/**
 * The records that change by a check. `checked`: hours that were looked at; one of them that fires and adds up again is
 * resolved. `known`: the alerts of these hours, as D1 has them. One that a person has closed stays closed.
 */
export function judgeLosses(
  losses: readonly Loss[],
  checked: readonly Pick<Loss, 'regionNumber' | 'hour'>[],
  known: ReadonlyMap<string, AlertRecord>,
  nowMs: number,
): AlertRecord[] {
  const lost = new Set(losses.map(lossId));
  const firing = losses.flatMap((loss) => fired(loss, known.get(lossId(loss)), nowMs));
  const over = checked.flatMap((place) => {
    const held = known.get(lossId(place));
    return held?.state === 'firing' && !lost.has(held.id) ? [resolved(held, nowMs)] : [];
  });
  return [...firing, ...over];
}

function fired(loss: Loss, held: AlertRecord | undefined, nowMs: number): AlertRecord[] {
  const { regionNumber, region, hour, events } = loss;
  const message = messageOf(loss);
  if (held?.resolution === 'closed' || (held?.state === 'firing' && held.message === message)) return [];
  const step = stepOf('firing', hour * 60, events, nowMs);
  const changed = { message, metricValue: events, state: 'firing', ...unresolved } as const;
  if (held) {
    const history = held.state === 'firing' ? held.history : added(held, step);
    return [next(held, { ...changed, history })];
  }
  return [
    {
      ...changed,
      id: lossId(loss),
      ruleId: dataLossType,
      ruleVersion: 1,
      alertType: dataLossType,
      severity: 'CRITICAL',
      regionNumber,
      region,
      dimension: 'region',
      dimensionKey: null,
      metric: 'unaccounted_events',
      thresholdValue: 0,
      attempts: null,
      pendingMinute: hour * 60,
      windowMinute: hour * 60,
      createdAtMs: nowMs,
      corrections: 0,
      history: [step],
      revision: { generation: 0, incarnation: 0, change: 1 },
    },
  ];
}

const unresolved = { resolvedMinute: null, resolvedAtMs: null, resolution: null } as const;

function resolved(held: AlertRecord, nowMs: number): AlertRecord {
  const minute = Math.floor(nowMs / 60_000);
  const history = added(held, stepOf('resolved', minute, 0, nowMs));
  const ended = { resolvedMinute: minute, resolvedAtMs: nowMs, resolution: 'healthy' } as const;
  return next(held, { ...ended, state: 'resolved', history });
}

function next(held: AlertRecord, changed: Partial<AlertRecord>): AlertRecord {
  const { change, ...origin } = held.revision;
  return { ...held, ...changed, revision: { ...origin, change: change + 1 } };
}

const added = ({ history }: AlertRecord, step: AlertTransition): AlertTransition[] =>
  [...history, step].slice(-alertHistoryMax);

const stepOf = (
  state: 'firing' | 'resolved',
  minute: number,
  metricValue: number,
  atMs: number,
): AlertTransition => ({ state, minute, metricValue, attempts: null, cause: 'accounts', atMs });

function messageOf({ region, hour, why }: Loss): string {
  const at = new Date(hour * 3_600_000).toISOString();
  return `The accounts of ${region} do not add up, ${at.slice(0, 10)} ${at.slice(11, 16)} UTC: ${why.join('; ')}.`;
}
