/** What D1 and the lake must say of days (BAT-3, BAT-4), at every moment and in the end. */
import { parquetReadObjects } from 'hyparquet';
import { eventTypes } from '../../../core/protocol/event-type.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import type { DayParams } from '../../../storage/day-store.ts';
import { userStatsFolder } from '../../../storage/user-stats.ts';
import type { FilmLake } from './film-lake.ts';
import { type MemoryR2, namesLeft } from './memory-r2.ts';
import type { SqliteD1 } from './sqlite-d1.ts';

interface DayRow {
  readonly key: number;
  readonly hours: number;
  readonly generations: number;
  readonly users: number;
  readonly user_events: number;
  readonly top_users: string;
}

const daySql = 'SELECT key, hours, generations, users, user_events, top_users FROM batch_days';
const markSql = `SELECT count(*) AS hours, coalesce(sum(generation), 0) AS generations FROM batch_hours
  WHERE key >= ? AND key < ?`;
const hex = (word: number): string => word.toString(16).padStart(8, '0');
const byText = (a: string, b: string): number => (a < b ? -1 : 1);

export class DayRules {
  readonly #database: SqliteD1;
  readonly #bucket: MemoryR2;
  readonly #lakes: readonly FilmLake[];
  readonly #days = new Map<number, DayRow>();

  constructor(database: SqliteD1, bucket: MemoryR2, lakes: readonly FilmLake[]) {
    this.#database = database;
    this.#bucket = bucket;
    this.#lakes = lakes;
  }

  /** Behind each statement of the product. */
  check(sql: string, given: unknown): void {
    if (/AS regionNumber, d\.day AS day/.test(sql))
      this.#checkDue(given as { readonly results: DayParams[] });
    if (/(INSERT|DELETE|UPDATE)[^;]*(batch|region)_days/.test(sql)) this.#checkWritten();
  }

  /** BAT-3: it waits while a part or an hour of it is not in a computed hour. */
  #checkDue({ results }: { readonly results: readonly DayParams[] }): void {
    for (const { regionNumber, day } of results) {
      const lake = this.#lakes.find((one) => one.regionNumber === regionNumber) as FilmLake;
      const stale = lake.staleHours().find((hour) => Math.floor(hour / 24) === day);
      if (stale !== undefined)
        throw new Error(`[BAT-3] day ${day} is due, and its hour ${stale} is not final`);
    }
  }

  #checkWritten(): void {
    for (const row of this.#database.rows<DayRow>(daySql)) {
      const before = this.#days.get(row.key);
      if (before && (row.hours < before.hours || row.generations < before.generations))
        throw new Error(`[BAT-3] day ${row.key} went back to ${row.hours} hours, ${row.generations}`);
      this.#days.set(row.key, row);
      this.#checkWhole(row);
    }
  }

  /** A day that was made of what its hours are now says what they hold. */
  #checkWhole({ key, hours, generations, users, user_events, top_users }: DayRow): boolean {
    const { lake, day } = this.#placeOf(key);
    const from = packedKey(lake.regionNumber, 0, day * 24);
    const [mark] = this.#database.rows<{ hours: number; generations: number }>(markSql, from, from + 24);
    if (mark?.hours !== hours || mark.generations !== generations) return false;
    if (lake.staleHours().some((hour) => Math.floor(hour / 24) === day)) return false;
    const events = this.#eventsOf(lake, day);
    const expected = usersOf(events);
    const told = (JSON.parse(top_users) as unknown[]).map((user) => JSON.stringify(user)).sort(byText);
    if (told.join() !== expected.join())
      throw new Error(`[BAT-4] users of day ${day} are\n${told.join('\n')}\nand not\n${expected.join('\n')}`);
    const withUser = events.filter(({ userLo }) => userLo !== 0).length;
    if (users !== expected.length || user_events !== withUser)
      throw new Error(
        `[BAT-4] ${users} users with ${user_events} events, not ${expected.length}, ${withUser}`,
      );
    this.#checkContents(key, events);
    return true;
  }

  #checkContents(key: number, events: readonly { readonly contentId: string | null }[]): void {
    const [row] = this.#database.rows<{ events: number; dimensions: string }>(
      'SELECT events, dimensions FROM region_days WHERE key = ?',
      key,
    );
    const held = JSON.parse(row?.dimensions ?? '{"content":[]}') as { content: [string, number[]][] };
    const told = held.content.map(([id, [count]]) => `${id} ${count}`).sort(byText);
    const counted = Map.groupBy(events, ({ contentId }) => contentId ?? '');
    const expected = [...counted].map(([id, own]) => `${id} ${own.length}`).sort(byText);
    if (told.join() !== expected.join() || (row?.events ?? 0) !== events.length)
      throw new Error(`[BAT-3] day ${key} has ${row?.events}: ${told.join()}, and not ${expected.join()}`);
  }

  /** In the end each day that is over says what its hours do, and the lake has its users, once. */
  async checkLeft(computableBefore: number): Promise<number> {
    const wanted = this.#lakes.flatMap((lake) =>
      [...new Set(lake.hours.map((hour) => Math.floor(hour / 24)))]
        .filter((day) => (day + 1) * 24 <= computableBefore)
        .map((day) => packedKey(lake.regionNumber, 0, day)),
    );
    const rows = this.#database.rows<DayRow>(daySql);
    for (const key of wanted) {
      const row = rows.find((one) => one.key === key);
      if (!row || !this.#checkWhole(row)) throw new Error(`[BAT-3] day ${key} is not computed`);
      await this.#checkLake(row);
    }
    return wanted.length;
  }

  async #checkLake({ key, hours, generations }: DayRow): Promise<void> {
    const { lake, day } = this.#placeOf(key);
    const folder = userStatsFolder(lake.region, day);
    const names = namesLeft(this.#bucket, folder, (name) =>
      name.startsWith(`${folder}part-${hours}-${generations}-`),
    );
    const told: string[] = [];
    for (const name of names) {
      const file = this.#bucket.objects.get(name)?.bytes.slice().buffer as ArrayBuffer;
      for (const row of await parquetReadObjects({ file }))
        told.push(
          JSON.stringify([
            row.user,
            row.total_events,
            row.movies_watched,
            Number(row.duration_ms_sum),
            row.duration_count,
          ]),
        );
    }
    const expected = usersOf(this.#eventsOf(lake, day));
    if (told.sort(byText).join() !== expected.join())
      throw new Error(
        `[BAT-4] the lake has of day ${day}, in ${names.join()}\n${told.join('\n')}\nand not\n${expected.join('\n')}`,
      );
  }

  #eventsOf(lake: FilmLake, day: number) {
    return lake.hours.filter((hour) => Math.floor(hour / 24) === day).flatMap((hour) => lake.countedOf(hour));
  }

  #placeOf(key: number): { readonly lake: FilmLake; readonly day: number } {
    const lake = this.#lakes.find(
      ({ regionNumber }) => regionNumber === Math.floor(key / 2 ** 34),
    ) as FilmLake;
    return { lake, day: key % 2 ** 26 };
  }
}

/** By counting alone: user, events, films with a view, duration and how many told one. */
function usersOf(events: ReturnType<FilmLake['countedOf']>): string[] {
  const own = Map.groupBy(
    events.filter(({ userLo }) => userLo !== 0),
    ({ userHi, userLo }) => `1-${hex(userHi)}${hex(userLo)}`,
  );
  return [...own]
    .map(([user, of]) => {
      const viewed = of.filter(({ type, contentId }) => eventTypes[type] === 'view' && contentId !== null);
      const durations = of.map(({ durationMs }) => durationMs).filter((ms) => ms !== null);
      const durationMs = durations.reduce((sum, ms) => sum + ms, 0);
      const films = new Set(viewed.map(({ contentId }) => contentId)).size;
      return JSON.stringify([user, of.length, films, durationMs, durations.length]);
    })
    .sort(byText);
}
