import { type AlertRecord, compareAlertRevisions } from '../../core/alert/alert-record.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { WindowParts } from '../../core/window/window-parts.ts';
import type { AlertFilter, AlertPage, StoredAlert } from '../../storage/alert-store.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import { askShards, NothingAnswersError, type Sources, totalsOnly } from './range-reader.ts';
import { logForRequest } from './request-scope.ts';

/** Where alerts come from: the shards, for what they hold, and D1. */
export interface AlertSources extends Pick<Sources, 'live'> {
  readonly storedAlerts: (filter: AlertFilter, page: AlertPage) => Promise<StoredAlert[]>;
  readonly storedById: (ids: readonly string[]) => Promise<StoredAlert[]>;
}

export interface AlertsRead {
  /** Newest first. */
  readonly alerts: readonly StoredAlert[];
  /** Whether older ones follow. */
  readonly more: boolean;
  readonly answers: readonly RegionAnswer[];
  readonly warnings: readonly string[];
}

/** Of a shard only its alerts are wanted, no windows. */
const noWindows: [number, WindowParts] = [0, { ...totalsOnly, toMinute: 0 }];

/**
 * A page of the alerts that match: of each the newest revision of what its shard and D1 say (WIN-7), so that an alert
 * is listed before D1 has it. Throws NothingAnswersError where all fail.
 */
export async function readAlertPage(
  sources: AlertSources,
  regions: readonly RegionEntry[],
  filter: AlertFilter,
  page: AlertPage,
): Promise<AlertsRead> {
  const { answers, warnings } = await askShards(sources, regions, ...noWindows);
  const held = heldAlerts(answers);
  // A row of D1 may be dropped for what a shard says of it: so many more are read that the page is full all the same.
  const rows = await orWarning(() =>
    sources.storedAlerts(filter, { ...page, limit: page.limit + 1 + held.size }),
  );
  const missing = [...held.keys()].filter((id) => !rows.value?.some(({ record }) => record.id === id));
  const others = rows.value === null ? rows : await orWarning(() => sources.storedById(missing));
  const failed = rows.warning ?? others.warning;
  if (failed !== null && answers.length === 0)
    throw new NothingAnswersError('neither D1 nor any region answers');
  const alerts = newestAlerts([...(rows.value ?? []), ...(others.value ?? [])], held)
    .filter((alert) => matches(alert, filter) && isAfter(alert, page.after))
    .sort(newestFirst);
  return {
    alerts: alerts.slice(0, page.limit),
    more: alerts.length > page.limit,
    answers,
    warnings: failed === null ? warnings : [...warnings, failed],
  };
}

/** One alert wherever it is known; null where it is not. Throws what D1 throws. */
export async function findAlert(
  sources: AlertSources,
  regions: readonly RegionEntry[],
  id: string,
): Promise<{ readonly alert: StoredAlert; readonly isStored: boolean } | null> {
  const [{ answers }, stored] = await Promise.all([
    askShards(sources, regions, ...noWindows),
    sources.storedById([id]),
  ]);
  const record = heldAlerts(answers).get(id);
  const [alert] = newestAlerts(stored, new Map(record ? [[id, record]] : []));
  return alert ? { alert, isStored: stored.length > 0 } : null;
}

function heldAlerts(answers: readonly RegionAnswer[]): Map<string, AlertRecord> {
  const held = new Map<string, AlertRecord>();
  // A region of the version before has none to tell, while a deployment goes on.
  for (const record of answers.flatMap((answer) => answer.alerts ?? [])) {
    const other = held.get(record.id);
    if (!other || compareAlertRevisions(record.revision, other.revision) > 0) held.set(record.id, record);
  }
  return held;
}

/** What people add is in D1 only. */
function newestAlerts(stored: readonly StoredAlert[], held: ReadonlyMap<string, AlertRecord>): StoredAlert[] {
  const known = new Map(stored.map((alert) => [alert.record.id, alert]));
  for (const [id, record] of held) {
    const other = known.get(id);
    if (!other) known.set(id, { record, acknowledgement: null });
    else if (compareAlertRevisions(record.revision, other.record.revision) > 0)
      known.set(id, { ...other, record });
  }
  return [...known.values()];
}

function matches({ record, acknowledgement }: StoredAlert, filter: AlertFilter): boolean {
  const { regions, severity, state, alertType, acknowledged, dimension, dimensionKey } = filter;
  return (
    record.createdAtMs >= filter.fromMs &&
    record.createdAtMs < filter.toMs &&
    (regions?.includes(record.regionNumber) ?? true) &&
    (severity ?? record.severity) === record.severity &&
    (state ?? record.state) === record.state &&
    (alertType ?? record.alertType) === record.alertType &&
    (acknowledged ?? acknowledgement !== null) === (acknowledgement !== null) &&
    (dimension ?? record.dimension) === record.dimension &&
    (dimensionKey ?? record.dimensionKey) === record.dimensionKey
  );
}

function isAfter({ record }: StoredAlert, after: AlertPage['after']): boolean {
  if (after === null) return true;
  const { createdAtMs, id } = record;
  return createdAtMs < after.createdAtMs || (createdAtMs === after.createdAtMs && id < after.id);
}

function newestFirst({ record: a }: StoredAlert, { record: b }: StoredAlert): number {
  return b.createdAtMs - a.createdAtMs || (a.id > b.id ? -1 : 1);
}

interface Outcome<T> {
  readonly value: T | null;
  readonly warning: string | null;
}

async function orWarning<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await read(), warning: null };
  } catch (error) {
    if (error instanceof NotMigratedError) throw error;
    logForRequest('error', 'storage_unanswered', errorFields(error));
    const warning = 'The database does not answer: older alerts and who has acknowledged them are missing';
    return { value: null, warning };
  }
}
