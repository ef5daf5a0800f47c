/** The alerts that a hub knows, with what people have added. Newer stays, whichever source says it first (DUP-2). */
import { type Acknowledgement, type AlertRecord, compareAlertRevisions } from '../alert/alert-record.ts';
import { type AlertRow, alertRow } from '../alert/alert-row.ts';
import { liveAlertsMs } from '../protocol/limits.ts';
import { alertInSight } from './live-alerts.ts';

/** What is resolved is known for longer than it is shown, or a source that lags would make it fire again. */
const knownMs = 24 * 3_600_000;

interface HeldAlert {
  readonly record: AlertRecord;
  readonly row: AlertRow;
  /** The hub's seq at which `row` last changed. */
  readonly seq: number;
}

export interface AlertBoard {
  readonly byId: Map<string, HeldAlert>;
  /** By id of the alert, which may come later. */
  readonly acknowledgements: Map<string, Acknowledgement>;
}

export function newAlertBoard(): AlertBoard {
  return { byId: new Map(), acknowledgements: new Map() };
}

/** True when what is shown of the alert changed. One that a shard no longer lists is settled, not gone. */
export function takeAlert(board: AlertBoard, record: AlertRecord, seq: number, at: number): boolean {
  const held = board.byId.get(record.id);
  if (held && compareAlertRevisions(record.revision, held.record.revision) <= 0) return false;
  return put(board, record, alertRow(record, board.acknowledgements.get(record.id) ?? null), seq, at);
}

export function takeAcknowledgement(
  board: AlertBoard,
  id: string,
  acknowledgement: Acknowledgement,
  seq: number,
  at: number,
): boolean {
  const known = board.acknowledgements.get(id);
  if (known && known.atMs >= acknowledgement.atMs) return false;
  board.acknowledgements.set(id, acknowledgement);
  const held = board.byId.get(id);
  return held !== undefined && put(board, held.record, alertRow(held.record, acknowledgement), seq, at);
}

function put(board: AlertBoard, record: AlertRecord, row: AlertRow, seq: number, at: number): boolean {
  const held = board.byId.get(record.id);
  // One that was in sight must not be withheld, though it is no longer: to viewers it fires still.
  const shown = alertInSight(row, at) || (held !== undefined && alertInSight(held.row, at));
  const changed = shown && JSON.stringify(held?.row) !== JSON.stringify(row);
  board.byId.set(record.id, { record, row, seq: changed ? seq : (held?.seq ?? 0) });
  return changed;
}

/** Alerts that changed after `prev`; newest created first. */
export function alertsSince(
  board: AlertBoard,
  prev: number,
  wanted: (region: string) => boolean,
): AlertRow[] {
  return [...board.byId.values()]
    .filter(({ record, seq }) => seq > prev && wanted(record.region))
    .sort((a, b) => b.record.createdAtMs - a.record.createdAtMs || (a.record.id < b.record.id ? -1 : 1))
    .map(({ row }) => row);
}

/** Drops what no source speaks of any more. */
export function pruneAlerts(board: AlertBoard, at: number): void {
  for (const [id, { record }] of board.byId) {
    if ((record.resolvedAtMs ?? at) <= at - knownMs) board.byId.delete(id);
  }
  for (const [id, { atMs }] of board.acknowledgements) {
    if (!board.byId.has(id) && atMs <= at - liveAlertsMs) board.acknowledgements.delete(id);
  }
}
