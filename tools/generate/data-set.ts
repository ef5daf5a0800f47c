/**
 * A data set of the warehouse: ninety days of a service that grows, loses viewers, and follows the clock of twelve
 * regions. A function of its options. Sessions and ratings are made one after the other, by time of start.
 */
import type { WarehouseTable } from '../../core/warehouse/rows.ts';
import { Random, Weighted } from '../producer/random.ts';
import { trafficRegions } from '../producer/regions.ts';
import { dayMs, localTime, slotMs } from './calendar.ts';
import { filmRows, makeFilms, Programme } from './films.ts';
import { type Audience, audienceOf, makePeople, type Person, personRows } from './people.ts';
import { ratingRow, urgeToRate } from './rating.ts';
import type { DataSetOptions } from './settings.ts';
import { type Sitting, sit, sittingRow } from './sitting.ts';
import type { Row } from './table-file.ts';

export interface TableRow {
  readonly table: WarehouseTable;
  readonly row: Row;
}

/** Ratings of so many sessions are given by those with the most to say. */
const ratingBlock = 64;

export function* makeDataSet(options: DataSetOptions): Generator<TableRow, void, undefined> {
  const { seed, sessions } = options;
  const untilMs = Math.floor(options.untilMs / 1000) * 1000;
  const firstDayMs = firstDayOf({ ...options, untilMs });
  const films = makeFilms(seed, options.movies, firstDayMs, untilMs);
  const people = makePeople(seed, options.users, firstDayMs, untilMs);
  for (const row of personRows(seed, people)) yield { table: 'users', row };
  for (const row of filmRows(seed, films)) yield { table: 'movies', row };

  const random = new Random(seed, 'sessions');
  const byRegion = Map.groupBy(people, ({ region }) => region.name);
  const plan = () => planOf(byRegion, firstDayMs, untilMs, new Random(seed, 'days'));
  let total = 0;
  for (const { weight } of plan()) total += weight;
  const ratings = new Ratings(options);
  let [n, weightBefore, dayStartMs] = [0, 0, -1];
  let programme = new Programme(films, firstDayMs);
  for (const { startMs, endMs, audiences, weight } of plan()) {
    if (Math.floor(startMs / dayMs) * dayMs !== dayStartMs) {
      dayStartMs = Math.floor(startMs / dayMs) * dayMs;
      programme = new Programme(films, dayStartMs);
    }
    weightBefore += weight;
    const upTo = Math.min(sessions, Math.round((weightBefore / total) * sessions));
    for (const atMs of moments(startMs, endMs, upTo - n, random)) {
      const sitting = sit(audiences.pick(random).people.pick(random), programme, atMs, untilMs, random);
      yield { table: 'viewing_sessions', row: sittingRow(`${seed}-${++n}`, sitting) };
      for (const row of ratings.take(sitting, n)) yield { table: 'ratings', row };
    }
  }
}

/** Start of the first of `days` full days before that which `untilMs` ends. */
function firstDayOf({ days, untilMs }: Pick<DataSetOptions, 'days' | 'untilMs'>): number {
  return (Math.floor((untilMs - 1) / dayMs) - days) * dayMs;
}

interface Slot {
  readonly startMs: number;
  readonly endMs: number;
  readonly audiences: Weighted<Audience>;
  /** How much of all watching begins in it. */
  readonly weight: number;
}

type ByRegion = ReadonlyMap<string, readonly Person[]>;

/** Half hours in order. It is walked twice, since kept it would hold everyone once for each day. */
function* planOf(byRegion: ByRegion, firstDayMs: number, untilMs: number, random: Random): Generator<Slot> {
  const regions = trafficRegions.filter(({ name }) => byRegion.has(name));
  for (let dayStartMs = firstDayMs; dayStartMs < untilMs; dayStartMs += dayMs) {
    const audiences = regions.map(({ name }) => audienceOf(byRegion.get(name) ?? [], dayStartMs));
    // Rain and football: days are not all alike.
    const mood = random.skewed(1, 0.05);
    for (let startMs = dayStartMs; startMs < Math.min(untilMs, dayStartMs + dayMs); startMs += slotMs) {
      const endMs = Math.min(untilMs, startMs + slotMs);
      const share = (mood * (endMs - startMs)) / slotMs;
      const weighted = regions.map(({ utcOffsetHours }, n) => {
        const audience = audiences[n] as Audience;
        return [audience, share * audience.activity * localTime(startMs, utcOffsetHours).weight] as const;
      });
      const weight = weighted.reduce((sum, [, each]) => sum + each, 0);
      yield { startMs, endMs, audiences: new Weighted(weighted), weight };
    }
  }
}

/** `count` whole seconds within a slot, in order. */
function moments(startMs: number, endMs: number, count: number, random: Random): number[] {
  return Array.from({ length: count }, () => Math.floor(random.between(startMs, endMs) / 1000) * 1000).sort(
    (a, b) => a - b,
  );
}

/** Picks who rates: as many as asked for in all, evenly over the sessions, and of some sessions the likeliest. */
class Ratings {
  readonly #options: DataSetOptions;
  readonly #random: Random;
  /** Whom and what: most rate a film once, however often they see it. */
  readonly #rated = new Set<string>();
  #block: { sitting: Sitting; urge: number }[] = [];
  #given = 0;

  constructor(options: DataSetOptions) {
    this.#options = options;
    this.#random = new Random(options.seed, 'ratings');
  }

  /** The ratings that are due with session number `n`. */
  take(sitting: Sitting, n: number): Row[] {
    const { seed, sessions, ratings } = this.#options;
    const again = this.#rated.has(pairOf(sitting)) ? 0.01 : 1;
    this.#block.push({ sitting, urge: again * urgeToRate(sitting, this.#random) });
    if (this.#block.length < ratingBlock && n < sessions) return [];
    const due = Math.floor((n / sessions) * ratings) - this.#given;
    const likeliest = this.#block.toSorted((a, b) => b.urge - a.urge).slice(0, due);
    this.#block = [];
    for (const one of likeliest) this.#rated.add(pairOf(one.sitting));
    return likeliest.map((one) => ratingRow(`${seed}-${++this.#given}`, one.sitting, this.#random));
  }
}

function pairOf({ person, film }: Sitting): string {
  return `${person.user.id}/${film.title.id}`;
}
