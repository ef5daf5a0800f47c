// Numbers by cell, as the sources have them: "REGION MINUTE" and "REGION MINUTE CONTENT".
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { OracleEvent } from './oracle.ts';
import { fireRegions } from './producers.ts';
import type { World } from './world.ts';

export type Cells = ReadonlyMap<string, number>;

export const minuteMs = 60_000;
const minutesOfAsk = 60;

export const minuteCell = ({ region, timeMs }: OracleEvent): string =>
  `${region} ${Math.floor(timeMs / minuteMs)}`;
export const contentCell = (event: OracleEvent): string => `${minuteCell(event)} ${event.content}`;

export function tally(events: Iterable<OracleEvent>, cellOf: (event: OracleEvent) => string): Cells {
  const cells = new Map<string, number>();
  for (const event of events) cells.set(cellOf(event), (cells.get(cellOf(event)) ?? 0) + 1);
  return cells;
}

/** Where two differ, in words; at most ten. */
export function differences(what: string, found: Cells, wanted: Cells): string[] {
  const cells = [...new Set([...found.keys(), ...wanted.keys()])];
  const wrong = cells.filter((cell) => (found.get(cell) ?? 0) !== (wanted.get(cell) ?? 0));
  const told = wrong
    .slice(0, 10)
    .map((cell) => `${what}: ${cell}: ${found.get(cell) ?? 0}, not ${wanted.get(cell) ?? 0}`);
  return wrong.length > told.length ? [...told, `${what}: and ${wrong.length - told.length} more`] : told;
}

type Row = Readonly<Record<string, string | number>>;

const range = (fromMinute: number, toMinute: number) => ({
  from: new Date(fromMinute * minuteMs).toISOString(),
  to: new Date(toMinute * minuteMs).toISOString(),
});

/** By the API, of minutes with from <= minute < to. */
export async function minutesOfApi(world: World, fromMinute: number, toMinute: number): Promise<Cells> {
  const cells = new Map<string, number>();
  for (const region of fireRegions)
    for (let from = fromMinute; from < toMinute; from += minutesOfAsk) {
      const query = new URLSearchParams({ region, ...range(from, Math.min(from + minutesOfAsk, toMinute)) });
      const rows = await world.data<Row[]>(`/api/stats/timeseries?${query}`);
      for (const { window_start, total_events } of rows)
        if (Number(total_events) > 0)
          cells.set(`${region} ${Date.parse(String(window_start)) / minuteMs}`, Number(total_events));
    }
  return cells;
}

/** By the API, of the minutes of these cells. */
export async function contentsOfApi(world: World, minutes: Iterable<string>): Promise<Cells> {
  const cells = new Map<string, number>();
  for (const cell of minutes) {
    const [region = '', minute = ''] = cell.split(' ');
    const query = new URLSearchParams({ region, limit: '500', ...range(Number(minute), Number(minute) + 1) });
    for (const { content_id, total_events } of await world.data<Row[]>(`/api/stats/trending?${query}`))
      if (Number(total_events) > 0) cells.set(`${cell} ${content_id}`, Number(total_events));
  }
  return cells;
}

/** The windows that D1 has, by its file: no other source is asked. */
export function minutesOfD1(folder: string): Cells {
  const place = join(resolve(folder), 'v3/d1/miniflare-D1DatabaseObject');
  const file = readdirSync(place).find((name) => name.endsWith('.sqlite') && name !== 'metadata.sqlite');
  const database = new DatabaseSync(join(place, file ?? ''), { readOnly: true, timeout: 5_000 });
  try {
    const rows = database
      .prepare(
        `SELECT r.name || ' ' || (w.key & 67108863) AS cell, sum(w.events) AS events FROM region_windows w
           JOIN regions r ON r.number = w.key / 17179869184 WHERE w.events > 0 GROUP BY 1`,
      )
      .all();
    return new Map(rows.map(({ cell, events }) => [String(cell), Number(events)]));
  } finally {
    database.close();
  }
}

/** By the API, "REGION HOUR CONTENT" of epoch hours. */
export async function contentsOfHours(world: World, hours: readonly number[]): Promise<Cells> {
  const cells = new Map<string, number>();
  for (const hour of hours)
    for (const region of fireRegions) {
      const query = new URLSearchParams({ region, limit: '500', ...range(hour * 60, hour * 60 + 60) });
      for (const { content_id, total_events } of await world.data<Row[]>(`/api/stats/trending?${query}`))
        if (Number(total_events) > 0) cells.set(`${region} ${hour} ${content_id}`, Number(total_events));
    }
  return cells;
}
