// Hours of a region in the lake's list, computed, and their sessions put together, with the real D1 and R2.
import { env } from 'cloudflare:workers';
import { parquetReadObjects } from 'hyparquet';
import type { LakeRows } from '../../../core/lake/lake-rows.ts';
import type { AcceptedEvent } from '../../../core/protocol/accepted-event.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import type { SessionRow } from '../../../core/warehouse/rows.ts';
import { readDueSessionHours, type SessionParams } from '../../../storage/warehouse/session-hours.ts';
import type { Steps } from '../../../workers/batch/day-run.ts';
import { runSessions, type SessionPorts } from '../../../workers/batch/session-run.ts';
import type { LoggedEvent } from '../../support/logged-events.ts';
import { sealed } from './sealed-day.ts';

export const hourMs = 3_600_000;
export const region = 'US-California';
export const regionNumber = 3;
/** 2026-11-20T22:00:00Z: what is watched goes on into the next day. */
export const firstHour = Date.UTC(2026, 10, 20, 22) / hourMs;
export const t0 = firstHour * hourMs;
export const hours = 5;

export const once: Steps = { do: async (_, work) => await work() };

export async function clearSessions(): Promise<void> {
  const tables = [
    'viewing_sessions',
    'session_hours',
    'users',
    'movies',
    'daily_analytics',
    'hourly_analytics',
    'genre_analytics',
    'lake_parts',
    'batch_hours',
    'region_windows',
  ];
  await env.DB.exec(tables.map((table) => `DELETE FROM ${table}`).join('; '));
  const { objects } = await env.LAKE.list();
  await env.LAKE.delete(objects.map(({ key }) => key));
}

export class SessionWorld {
  readonly parts = new Map<string, readonly LakeRows[]>();
  /** Looks are so far apart that runs are begun again. */
  nowMs = t0 + 24 * hourMs;
  stepEvents = 25;
  usersOneIn = 1;
  #row = 0;

  /** Events come into the log, and what is told of them is in the lake: as late or counted. */
  async put(events: readonly AcceptedEvent[], kind: 'counted' | 'late' = 'counted'): Promise<void> {
    const first = this.#row;
    const logged = events.map(
      (event, i): LoggedEvent => ({
        event,
        kind,
        incarnation: 1,
        row: first + 1 + Math.floor(i / 40),
        index: i % 40,
      }),
    );
    this.#row += Math.ceil(events.length / 40);
    for (const [name, rows] of await sealed(env.DB, logged, regionNumber, region, 2))
      this.parts.set(name, rows);
  }

  /** Says of the hours with parts that the batch layer has computed those of which there are others now. */
  async compute(only?: number): Promise<void> {
    await env.DB.prepare(
      `INSERT INTO batch_hours (key, run_id, generation, parts, parts_digest, events, late_added, late_twins, computed_at)
       SELECT ?1 + hour, 'run', 1, count(*), '', 0, 0, 0, ?2 FROM lake_parts WHERE hour = ?3 OR ?3 IS NULL GROUP BY hour
       ON CONFLICT (key) DO UPDATE SET generation = generation + 1, parts = excluded.parts
         WHERE parts <> excluded.parts`,
    )
      .bind(packedKey(regionNumber, 0, 0), new Date(this.nowMs).toISOString(), only ?? null)
      .run();
  }

  ports(): SessionPorts {
    return {
      db: env.DB,
      bucket: env.LAKE,
      stepEvents: this.stepEvents,
      usersOneIn: this.usersOneIn,
      now: () => this.nowMs,
      read: (name) => this.#read(name),
    };
  }

  async *#read(name: string): AsyncGenerator<LakeRows> {
    yield* await Promise.resolve(this.parts.get(name) ?? []);
  }

  async due(): Promise<SessionParams[]> {
    const range = [firstHour - 1, firstHour + 20] as const;
    const found = await readDueSessionHours(env.DB, [regionNumber, 2], [range], this.nowMs, 100);
    return found.map((hour) => ({ ...hour, region }));
  }

  /** Until nothing is due; returns the hours that were put together, in turn. */
  async settle(steps: Steps = once): Promise<number[]> {
    const done: number[] = [];
    for (;;) {
      this.nowMs += 7 * 60_000;
      const [next] = await this.due();
      if (!next) return done;
      if ((await runSessions(this.ports(), steps, next)) === 'done') done.push(next.hour - firstHour);
      if (done.length > 100) throw new Error('it never settles');
    }
  }
}

/** The sessions of D1, as rows that are loaded. */
export async function rowsInD1(): Promise<SessionRow[]> {
  const { results } = await env.DB.prepare(
    `SELECT s.source_id, u.pseudonym, m.content_id, s.start_time_ms, s.end_time_ms, s.watch_duration_ms,
       s.completion_milli, s.device_type, s.quality, s.buffering_count, s.user_country, s.subscription_type,
       s.region_number
     FROM viewing_sessions s JOIN users u ON u.id = s.user_id JOIN movies m ON m.id = s.movie_id
     ORDER BY s.start_time_ms, s.source_id`,
  ).all<SessionRow & Record<string, unknown>>();
  return results;
}

/** The sessions of the lake, likewise. */
export async function rowsInLake(): Promise<SessionRow[]> {
  const { objects } = await env.LAKE.list({ prefix: 'lake/viewing_sessions/' });
  const rows: SessionRow[] = [];
  for (const { key } of objects) {
    const file = (await (await env.LAKE.get(key))?.arrayBuffer()) as ArrayBuffer;
    const date = /date=(\S+?)\//.exec(key)?.[1];
    for (const row of await parquetReadObjects({ file })) {
      const start = row.start_time as Date;
      if (start.toISOString().slice(0, 10) !== date)
        throw new Error(`${key} has a session of ${String(start)}`);
      rows.push({
        source_id: row.id as string,
        pseudonym: row.user as string,
        content_id: row.movie_id as string,
        start_time_ms: start.getTime(),
        end_time_ms: (row.end_time as Date).getTime(),
        watch_duration_ms: Number(row.watch_duration_ms),
        completion_milli:
          row.completion_rate === null ? null : Math.round((row.completion_rate as number) * 1000),
        device_type: row.device_type as string | null,
        quality: row.quality as string | null,
        buffering_count: row.buffering_count as number,
        user_country: row.user_country as string | null,
        subscription_type: row.subscription_type as string | null,
        region_number: regionNumber,
      });
    }
  }
  return rows.sort((a, b) => a.start_time_ms - b.start_time_ms || (a.source_id < b.source_id ? -1 : 1));
}
