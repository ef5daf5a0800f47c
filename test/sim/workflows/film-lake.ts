/** What days and sessions are made of: events of two regions in a log, the parts of the lake, and hours that are computed. */
import { counterCount, dimensions } from '../../../core/aggregate/counters.ts';
import { DistinctSketch } from '../../../core/aggregate/distinct-sketch.ts';
import { QuantileSketch } from '../../../core/aggregate/quantile-sketch.ts';
import type { LakeRows } from '../../../core/lake/lake-rows.ts';
import { partName } from '../../../core/lake/part-name.ts';
import type { AcceptedEvent } from '../../../core/protocol/accepted-event.ts';
import { eventTypes } from '../../../core/protocol/event-type.ts';
import { packedKey } from '../../../core/protocol/region.ts';
import { computableBefore } from '../../../storage/batch-due.ts';
import { savePart } from '../../../storage/part-store.ts';
import { encodeRow, insertPackedRows } from '../../../storage/window-row.ts';
import { buildEvent } from '../../support/build-chunk.ts';
import { hourOf, type LoggedEvent, type MadePart, partsOf } from '../../support/logged-events.ts';
import type { Random } from '../random.ts';
import { hourMs, minuteMs } from './ground.ts';
import type { SqliteD1 } from './sqlite-d1.ts';

const rowSql = insertPackedRows('region_hours', 'true');
const hourSql = `INSERT INTO batch_hours
    (key, run_id, generation, parts, parts_digest, events, late_added, late_twins, computed_at)
  VALUES (?1, 'run', 1, ?2, '', ?3, 0, 0, ?4)
  ON CONFLICT (key) DO UPDATE SET generation = generation + 1, parts = excluded.parts, events = excluded.events`;

export class FilmLake {
  readonly regionNumber: number;
  readonly region: string;
  readonly parts = new Map<string, MadePart>();
  readonly #database: SqliteD1;
  readonly #random: Random;
  readonly #logged: LoggedEvent[] = [];
  /** Of those, so many are sealed. */
  #sealed = 0;
  #lastMs = 0;
  readonly #listed = new Map<number, number>();

  constructor(regionNumber: number, database: SqliteD1, random: Random) {
    this.regionNumber = regionNumber;
    this.region = `R${regionNumber}`;
    this.#database = database;
    this.#random = random;
  }

  /** Some events come: of now, late, and twins of earlier ones. What the stream counts of their hours is in D1 at once. */
  receive(nowMs: number): void {
    const random = this.#random;
    for (let n = random.between(1, 6); n > 0; n--) {
      const row = 1 + Math.floor(this.#logged.length / 3);
      const place = { row, index: this.#logged.length % 3, incarnation: 1 };
      const before = this.#logged.length > 0 && random.chance(0.12) ? random.pick(this.#logged) : null;
      const isLate = before !== null || random.chance(0.2);
      const event = before?.event ?? this.#event(nowMs, isLate);
      const one: LoggedEvent = { event, kind: isLate ? 'late' : 'counted', ...place };
      this.#logged.push(one);
      if (!isLate) this.#count(hourOf(one), 0);
    }
  }

  #event(nowMs: number, isLate: boolean): AcceptedEvent {
    const random = this.#random;
    const ageMs = isLate
      ? random.below(random.pick([20 * minuteMs, hourMs, 3 * hourMs]))
      : random.below(2 * minuteMs);
    // No two at once: what is of one millisecond is told of elsewhere.
    const timeMs = isLate ? nowMs - ageMs - 1 : Math.max(this.#lastMs + 1, nowMs - ageMs);
    if (!isLate) this.#lastMs = timeMs;
    const viewer = random.below(5);
    const maybe = <T>(value: T): T | null => (random.chance(0.4) ? value : null);
    return buildEvent({
      identityHi: this.regionNumber,
      identityLo: this.#logged.length + 1,
      timeMs,
      userHi: viewer === 4 ? 0 : Math.imul(viewer + 1, 0x3e3779b1) >>> 0,
      userLo: viewer === 4 ? 0 : viewer + 1,
      sessionHi: Math.imul(viewer + 3, 0x9e3779b1) >>> 0,
      sessionLo: 7,
      type: random.below(eventTypes.length),
      contentId: random.chance(0.05) ? null : random.pick(['film', 'série', '映画']),
      durationMs: maybe(random.below(400_000)),
      completionMilli: maybe(random.below(1000)),
      bufferingCount: maybe(random.below(3)),
      deviceType: maybe(random.pick(['tv', 'phone'])),
      quality: maybe('HD'),
      country: maybe(random.pick(['DE', 'JP'])),
      subscriptionType: maybe('Premium'),
    });
  }

  /** Parts of what the log holds beyond the last. */
  async seal(nowMs: number): Promise<void> {
    const rows = this.#logged.slice(this.#sealed);
    this.#sealed = this.#logged.length;
    for (const part of partsOf(rows, this.region, 2)) {
      // Two parts of one row of the log would have one name.
      const address = { ...part.address, firstRow: this.#sealed - rows.length, lastRow: this.#sealed };
      const times = part.events.map(({ event }) => event.timeMs);
      const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
      const content = { events: part.events.length, bytes: 1, digest: 'd', formatVersion: 1, fromMs, toMs };
      this.parts.set(partName(address), { ...part, address });
      await savePart(this.#database.direct(), this.regionNumber, address, content, nowMs);
      this.#listed.set(address.hour, (this.#listed.get(address.hour) ?? 0) + 1);
    }
  }

  /** Hours that are over, of which other parts are listed than were computed: some of them, or all. */
  compute(nowMs: number, share = 1): void {
    const before = computableBefore(nowMs);
    for (const hour of this.staleHours()) {
      if (hour >= before || !this.#random.chance(share)) continue;
      const key = packedKey(this.regionNumber, 0, hour);
      const events = this.countedOf(hour).length;
      const at = new Date(nowMs).toISOString();
      this.#database.run(hourSql, [key, this.#listed.get(hour), events, at]);
      this.#count(hour, 1);
    }
  }

  staleHours(): number[] {
    return [...this.#listed]
      .filter(([hour, parts]) => this.partsComputed(hour) !== parts)
      .map(([hour]) => hour);
  }

  hasUnsealed(): boolean {
    return this.#sealed < this.#logged.length;
  }

  partsComputed(hour: number): number | undefined {
    const key = packedKey(this.regionNumber, 0, hour);
    const sql = 'SELECT parts FROM batch_hours WHERE key = ?';
    return this.#database.rows<{ parts: number }>(sql, key)[0]?.parts;
  }

  /** Epoch hours with listed parts. */
  get hours(): number[] {
    return [...this.#listed.keys()].sort((a, b) => a - b);
  }

  /** Events of an hour's listed parts, each identity once. */
  countedOf(hour: number): AcceptedEvent[] {
    const parts = [...this.parts.values()].filter(({ address }) => address.hour === hour);
    const events = parts.flatMap((part) => part.events.map(({ event }) => event));
    return [...new Map(events.map((event) => [event.identityLo, event])).values()];
  }

  async *read(name: string): AsyncGenerator<LakeRows> {
    yield* await Promise.resolve(this.parts.get(name)?.groups ?? []);
  }

  /** The row of an hour: as the stream counts it, or as it was computed. */
  #count(hour: number, by: 0 | 1): void {
    const ofStream = this.#logged.filter((one) => one.kind === 'counted' && hourOf(one) === hour);
    const events = by === 1 ? this.countedOf(hour) : ofStream.map(({ event }) => event);
    const key = packedKey(this.regionNumber, 0, hour);
    // What was computed stands until it is computed again.
    if (by === 0 && this.partsComputed(hour) !== undefined) return;
    if (events.length === 0) return;
    const counted = Map.groupBy(events, ({ contentId }) => contentId ?? '');
    const none = Object.fromEntries(dimensions.map((name) => [name, [] as [string, number[]][]]));
    const details = {
      dimensions: {
        ...none,
        content: [...counted].map(([id, own]): [string, number[]] => [id, [own.length]]),
      } as unknown as Parameters<typeof encodeRow>[0]['dimensions'],
      titles: [],
      users: new DistinctSketch().toBytes(),
      sessions: new DistinctSketch().toBytes(),
      speed: new QuantileSketch().toBytes(),
    };
    const counters = [events.length, ...new Array<number>(counterCount - 1).fill(0)];
    const revision = { generation: by, incarnation: 1, logRow: 1 };
    const text = encodeRow({ key, revision, closed: true, counters, ...details }, 1);
    this.#database.run(rowSql, [`[${text}]`]);
  }
}
