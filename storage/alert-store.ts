import { and, desc, eq, gt, gte, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1';
import type { Acknowledgement, AlertRecord, AlertTransition } from '../core/alert/alert-record.ts';
import type { AlertDimension, AlertSeverity } from '../core/alert/alert-rule.ts';
import { minuteOf, minuteStartMs } from '../core/window/time.ts';
import { jsonChunks } from './json-chunks.ts';
import { alerts } from './schema.ts';
import { StoredDataError } from './stored-data-error.ts';

/** An alert as D1 has it. */
export interface StoredAlert {
  readonly record: AlertRecord;
  readonly acknowledgement: Acknowledgement | null;
}

/** Absent members do not matter. */
export interface AlertFilter {
  /** By time of creation, ms; half-open. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Region numbers. */
  readonly regions?: readonly number[] | undefined;
  readonly severity?: AlertSeverity | undefined;
  readonly state?: AlertRecord['state'] | undefined;
  readonly alertType?: string | undefined;
  readonly acknowledged?: boolean | undefined;
  readonly dimension?: AlertDimension | undefined;
  readonly dimensionKey?: string | undefined;
}

export interface AlertPage {
  readonly limit: number;
  /** The last alert of the page before; null for the first page. */
  readonly after: { readonly createdAtMs: number; readonly id: string } | null;
}

/** Columns that a shard writes, in the order of encodeAlert. What people add is not among them. */
const shardColumns = [
  'id',
  'rule_id',
  'rule_version',
  'alert_type',
  'severity',
  'state',
  'message',
  'region_number',
  'region',
  'dimension',
  'dimension_key',
  'metric',
  'metric_value',
  'threshold_value',
  'attempts',
  'pending_since',
  'window_start',
  'created_at',
  'resolved_window',
  'resolved_at',
  'resolution',
  'corrections',
  'history',
  'generation',
  'incarnation',
  'change',
] as const;

const revisionOf = (source: string): string =>
  `(${source}.generation, ${source}.incarnation, ${source}.change)`;

/** DUP-2: only a newer revision overwrites. */
const upsertSql = `INSERT INTO alerts (${shardColumns.join(', ')})
  SELECT ${shardColumns.map((_, index) => `value ->> '$[${index}]'`).join(', ')} FROM json_each(?1) WHERE true
  ON CONFLICT (id) DO UPDATE SET ${shardColumns
    .slice(1)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}
  WHERE ${revisionOf('excluded')} > ${revisionOf('alerts')}`;

/** When it returns, D1 holds every alert in the revision given or a newer one; when it throws, call it again. */
export async function saveAlerts(db: D1Database, records: readonly AlertRecord[]): Promise<void> {
  for (const chunk of jsonChunks(records.map(encodeAlert))) await db.prepare(upsertSql).bind(chunk).run();
}

function encodeAlert(record: AlertRecord): string {
  const { revision, resolvedMinute, resolvedAtMs } = record;
  return JSON.stringify([
    record.id,
    record.ruleId,
    record.ruleVersion,
    record.alertType,
    record.severity,
    record.state,
    record.message,
    record.regionNumber,
    record.region,
    record.dimension,
    record.dimensionKey,
    record.metric,
    record.metricValue,
    record.thresholdValue,
    record.attempts,
    timeOfMinute(record.pendingMinute),
    timeOfMinute(record.windowMinute),
    isoTime(record.createdAtMs),
    resolvedMinute === null ? null : timeOfMinute(resolvedMinute),
    resolvedAtMs === null ? null : isoTime(resolvedAtMs),
    record.resolution,
    record.corrections,
    JSON.stringify(record.history),
    revision.generation,
    revision.incarnation,
    revision.change,
  ]);
}

/** Alerts that fire, or were resolved after `sinceMs`; newest first, at most `limit`. Throws StoredDataError. */
export async function readLiveAlerts(db: D1Database, sinceMs: number, limit = 1000): Promise<StoredAlert[]> {
  const inSight = or(isNull(alerts.resolved_at), gt(alerts.resolved_at, isoTime(sinceMs)));
  const rows = await drizzle(db)
    .select()
    .from(alerts)
    .where(inSight)
    .orderBy(desc(alerts.created_at), desc(alerts.id))
    .limit(limit);
  return rows.map(decodeAlert);
}

/** A page of alerts, newest first. Throws StoredDataError. */
export async function readAlerts(
  db: D1Database,
  filter: AlertFilter,
  { limit, after }: AlertPage,
): Promise<StoredAlert[]> {
  const { regions, severity, state, alertType, acknowledged, dimension, dimensionKey } = filter;
  const older = (at: string, id: string) =>
    or(lt(alerts.created_at, at), and(eq(alerts.created_at, at), lt(alerts.id, id)));
  const rows = await drizzle(db)
    .select()
    .from(alerts)
    .where(
      and(
        gte(alerts.created_at, isoTime(filter.fromMs)),
        lt(alerts.created_at, isoTime(filter.toMs)),
        regions && inArray(alerts.region_number, [...regions]),
        severity && eq(alerts.severity, severity),
        state && eq(alerts.state, state),
        alertType === undefined ? undefined : eq(alerts.alert_type, alertType),
        acknowledged === undefined ? undefined : eq(alerts.acknowledged, acknowledged),
        dimension && eq(alerts.dimension, dimension),
        dimensionKey === undefined ? undefined : eq(alerts.dimension_key, dimensionKey),
        after ? older(isoTime(after.createdAtMs), after.id) : undefined,
      ),
    )
    .orderBy(desc(alerts.created_at), desc(alerts.id))
    .limit(limit);
  return rows.map(decodeAlert);
}

export async function readAlert(db: D1Database, id: string): Promise<StoredAlert | null> {
  const [row] = await selectAlert(drizzle(db), id);
  return row ? decodeAlert(row) : null;
}

/** Those of the alerts that D1 has. Throws StoredDataError. */
export async function readAlertsById(db: D1Database, ids: readonly string[]): Promise<StoredAlert[]> {
  if (ids.length === 0) return [];
  const wanted = sql`${alerts.id} IN (SELECT value FROM json_each(${JSON.stringify(ids)}))`;
  const rows = await drizzle(db).select().from(alerts).where(wanted);
  return rows.map(decodeAlert);
}

/** Notes who has seen an alert, once: whoever comes second is told `already`. */
export async function acknowledgeAlert(
  db: D1Database,
  id: string,
  { by, atMs, comment }: Acknowledgement,
): Promise<'acknowledged' | 'already' | 'absent'> {
  const { meta } = await drizzle(db)
    .update(alerts)
    .set({ acknowledged: true, acknowledged_by: by, acknowledged_at: isoTime(atMs), comment })
    .where(and(eq(alerts.id, id), eq(alerts.acknowledged, false)));
  if (meta.changes > 0) return 'acknowledged';
  return (await readAlert(db, id)) ? 'already' : 'absent';
}

function selectAlert(db: DrizzleD1Database, id: string) {
  return db.select().from(alerts).where(eq(alerts.id, id)).limit(1);
}

function decodeAlert(row: typeof alerts.$inferSelect): StoredAlert {
  const time = (text: string): number => {
    const ms = Date.parse(text);
    if (Number.isNaN(ms)) throw new StoredDataError('alerts', row.id, `${text} is not a time`);
    return ms;
  };
  const record: AlertRecord = {
    id: row.id,
    ruleId: row.rule_id,
    ruleVersion: row.rule_version,
    alertType: row.alert_type,
    severity: row.severity,
    message: row.message,
    regionNumber: row.region_number,
    region: row.region,
    dimension: row.dimension,
    dimensionKey: row.dimension_key,
    metric: row.metric,
    metricValue: row.metric_value,
    thresholdValue: row.threshold_value,
    attempts: row.attempts,
    pendingMinute: minuteOf(time(row.pending_since)),
    windowMinute: minuteOf(time(row.window_start)),
    state: row.state,
    createdAtMs: time(row.created_at),
    resolvedMinute: row.resolved_window === null ? null : minuteOf(time(row.resolved_window)),
    resolvedAtMs: row.resolved_at === null ? null : time(row.resolved_at),
    resolution: row.resolution,
    corrections: row.corrections,
    history: historyOf(row.id, row.history),
    revision: { generation: row.generation, incarnation: row.incarnation, change: row.change },
  };
  return { record, acknowledgement: row.acknowledged ? acknowledgementOf(row, time) : null };
}

function acknowledgementOf(row: typeof alerts.$inferSelect, time: (text: string) => number): Acknowledgement {
  const at = row.acknowledged_at ?? row.created_at;
  return { by: row.acknowledged_by ?? 'unknown', atMs: time(at), comment: row.comment };
}

function historyOf(id: string, text: string): readonly AlertTransition[] {
  let history: unknown = null;
  try {
    history = JSON.parse(text);
  } catch {
    // Told below, with the row it is of.
  }
  if (!Array.isArray(history)) throw new StoredDataError('alerts', id, 'history cannot be read');
  return history as AlertTransition[];
}

const isoTime = (ms: number): string => new Date(ms).toISOString();
const timeOfMinute = (minute: number): string => isoTime(minuteStartMs(minute));
