// Small builders of what the batch layer writes.
import { env } from 'cloudflare:workers';
import type { HourWrite } from '../../storage/batch-hour-store.ts';
import { addRuns, startRuns } from '../../storage/batch-store.ts';
import { savePart } from '../../storage/part-store.ts';

export const hourMs = 3_600_000;
/** 2026-11-21T00:00:00Z, as in packed-windows.ts. */
export const hour0 = 498_672;
export const nowMs = (hour0 + 2) * hourMs;

export async function clearBatch(): Promise<void> {
  const tables = [
    'batch_runs',
    'batch_hours',
    'lake_parts',
    'region_windows',
    'region_hours',
    'merged_hours',
    'merged_days',
  ];
  await env.DB.batch(tables.map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
}

/** A run over an hour of region 1 that runs. */
export async function runningRun(id: string, hour = hour0, atMs = nowMs): Promise<string> {
  await addRuns(env.DB, [{ id, regionNumber: 1, hour, reason: 'demand', replayId: null }], atMs);
  await startRuns(env.DB, 1000, atMs);
  return id;
}

export function hourWrite(runId: string, generation: number, changes: Partial<HourWrite> = {}): HourWrite {
  return {
    runId,
    regionNumber: 1,
    hour: hour0,
    generation,
    parts: 1,
    partsDigest: 'd',
    events: 3,
    lateAdded: 1,
    lateTwins: 1,
    computedAtMs: nowMs,
    windows: [],
    hours: [],
    differences: [],
    ...changes,
  };
}

/** Lists a part of region 1, its log rows from `firstRow` on. */
export async function listPart(hour: number, firstRow: number, regionNumber = 1): Promise<void> {
  const address = { region: `R${regionNumber}`, shard: 0, incarnation: 1, firstRow, lastRow: firstRow };
  const content = { events: 1, bytes: 1, digest: 'd', formatVersion: 1, fromMs: 0, toMs: 0 };
  await savePart(env.DB, regionNumber, { ...address, hour, kind: 'counted' }, content, nowMs);
}

export async function countRows(table: string): Promise<number | null> {
  return await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>('n');
}
