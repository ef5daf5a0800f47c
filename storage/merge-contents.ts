/**
 * Merges contents over all regions (BAT-6): an hour as one row of merged_hours, a day as one of merged_days and one of
 * content_days each content. By SQL alone, since what is merged must be what stands in the same transaction.
 */
import { dayHours, mergedAtOnceMax } from '../core/protocol/batch-limits.ts';
import type { RegionEntry } from '../core/protocol/region.ts';
import {
  clearDaySql,
  contentsSql,
  daySql,
  hourSql,
  numbersText,
  shardsText,
  unmergedDaysSql,
  unmergedHoursSql,
} from './merge-sql.ts';

/** Merges an hour of which nothing waits to be computed. False where it was merged before or something waits. */
async function mergeHour(db: D1Database, regions: readonly RegionEntry[], hour: number): Promise<boolean> {
  const { meta } = await db.prepare(hourSql).bind(hour, shardsText(regions)).run();
  return meta.changes > 0;
}

/** The same for a day that is over: all or nothing. */
async function mergeDayOfAll(db: D1Database, regions: readonly RegionEntry[], day: number): Promise<boolean> {
  const [numbers, mark] = [numbersText(regions), crypto.randomUUID()];
  const [written] = await db.batch([
    db.prepare(daySql).bind(day, shardsText(regions), numbers, mark),
    db.prepare(clearDaySql).bind(day, mark),
    db.prepare(contentsSql).bind(day, mark, numbers),
  ]);
  return (written?.meta.changes ?? 0) > 0;
}

/** Merges what is due of the recent past, some at a time: what waits is due later. */
export async function mergeDue(
  db: D1Database,
  regions: readonly RegionEntry[],
  nowHour: number,
  backHours: number,
): Promise<{ readonly hours: number; readonly days: number }> {
  const today = Math.floor(nowHour / dayHours);
  const find = (sql: string, from: number, to: number) =>
    db.prepare(sql).bind(from, shardsText(regions), numbersText(regions), to, mergedAtOnceMax);
  const [hours, days] = await db.batch<{ at: number }>([
    find(unmergedHoursSql, nowHour - backHours, nowHour),
    find(unmergedDaysSql, today - Math.ceil(backHours / dayHours), today),
  ]);
  const merge = async (places: readonly { at: number }[], one: typeof mergeHour): Promise<number> => {
    let merged = 0;
    for (const { at } of places) {
      if (await one(db, regions, at)) merged++;
    }
    return merged;
  };
  return {
    hours: await merge(hours?.results ?? [], mergeHour),
    days: await merge(days?.results ?? [], mergeDayOfAll),
  };
}

/** Statements that take away what was merged of hours: for the transaction that writes something of them. */
export function unmergeHours(db: D1Database, hours: readonly number[]): D1PreparedStatement[] {
  const days = [...new Set(hours.map((hour) => Math.floor(hour / dayHours)))];
  return [
    db
      .prepare('DELETE FROM merged_hours WHERE hour IN (SELECT value FROM json_each(?1))')
      .bind(JSON.stringify(hours)),
    unmergeDays(db, days),
  ];
}

/** Their contents stay until the day is merged again: without its row of merged_days nobody reads them. */
export function unmergeDays(db: D1Database, days: readonly number[]): D1PreparedStatement {
  return db
    .prepare('DELETE FROM merged_days WHERE day IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(days));
}

/** The same for all days up to one. */
export function unmergeDaysTo(db: D1Database, day: number): D1PreparedStatement {
  return db.prepare('DELETE FROM merged_days WHERE day <= ?1').bind(day);
}
