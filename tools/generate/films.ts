// The films and series of the stream, with what a catalogue knows of them, and how much each is asked for on a day.
import { en, Faker } from '@faker-js/faker';
import { screenTitles, type Title } from '../producer/catalogue.ts';
import { Random, Weighted } from '../producer/random.ts';
import { dateOf, dayMs } from './calendar.ts';
import type { Row } from './table-file.ts';

export interface Film {
  readonly title: Title;
  readonly durationMinutes: number;
  readonly releasedMs: number;
  /** 0 to 1: how much people like it who like its genre. */
  readonly appeal: number;
  /** Of all that is asked for, once it is no longer new. */
  readonly weight: number;
}

/** Films against series, as in the stream. */
const filmShare = 0.7;
/** Titles that come out while the data is made. */
const newShare = 0.12;
const oldestYears = 35;
/** How many times as much a new title is asked for at first, and how fast that fades. */
const premiere = { factor: 7, fadeDays: 9 } as const;

const origins = new Weighted<readonly [country: string, language: string]>([
  [['US', 'English'], 42],
  [['GB', 'English'], 11],
  [['IN', 'Hindi'], 10],
  [['JP', 'Japanese'], 9],
  [['FR', 'French'], 8],
  [['DE', 'German'], 6],
  [['BR', 'Portuguese'], 4],
  [['MX', 'Spanish'], 4],
  [['CA', 'English'], 3],
  [['AU', 'English'], 3],
]);

export function makeFilms(seed: number, count: number, firstDayMs: number, untilMs: number): Film[] {
  const random = new Random(seed, 'films');
  const films = Math.ceil(count * filmShare);
  return screenTitles(seed, films, count - films).map(([title, weight]) => ({
    title,
    durationMinutes: Math.max(1, Math.round(title.lengthMs / 60_000)),
    releasedMs: releaseDay(random, firstDayMs, untilMs),
    appeal: (random.between(0, 1) + random.between(0, 1)) / 2,
    weight,
  }));
}

function releaseDay(random: Random, firstDayMs: number, untilMs: number): number {
  const isNew = random.chance(newShare);
  const share = random.between(0, 1);
  const days = Math.floor((untilMs - 1 - firstDayMs) / dayMs);
  // Premieres leave the last days alone: a title without a day of views would be a hole in the table.
  if (isNew && days > 4) return firstDayMs + Math.floor(share * (days - 3)) * dayMs;
  return firstDayMs - Math.ceil(1 + share ** 2 * oldestYears * 365) * dayMs;
}

/** Rows of movies. */
export function* filmRows(seed: number, films: readonly Film[]): Generator<Row> {
  const random = new Random(seed, 'film rows');
  const faker = new Faker({ locale: en, seed });
  const names = (count: number) => Array.from({ length: count }, () => faker.person.fullName());
  const directors = names(Math.ceil(films.length / 3));
  const actors = names(films.length * 2);
  for (const { title, durationMinutes, releasedMs } of films) {
    const [country, language] = origins.pick(random);
    const cast = new Set(
      Array.from({ length: 3 + Math.floor(random.between(0, 3)) }, () => random.pick(actors)),
    );
    yield [
      title.id,
      title.title,
      title.genre,
      durationMinutes,
      dateOf(releasedMs),
      random.pick(directors),
      [...cast].join(', '),
      country,
      language,
      title.contentType,
    ];
  }
}

/** What is asked for on one day, by genre. */
export class Programme {
  readonly #byGenre: ReadonlyMap<string, Weighted<Film>>;
  readonly #genres: Weighted<string>;

  constructor(films: readonly Film[], dayStartMs: number) {
    const asked = films
      .filter(({ releasedMs }) => releasedMs <= dayStartMs)
      .map((film) => [film, weightOn(film, dayStartMs)] as const);
    // With a few titles all may be yet to come: then they are shown before their time.
    const shown = asked.length > 0 ? asked : films.map((film) => [film, film.weight] as const);
    const groups = Map.groupBy(shown, ([{ title }]) => title.genre);
    this.#byGenre = new Map([...groups].map(([genre, ofGenre]) => [genre, new Weighted(ofGenre)]));
    this.#genres = new Weighted(
      [...groups].map(([genre, ofGenre]) => [genre, ofGenre.reduce((sum, [, weight]) => sum + weight, 0)]),
    );
  }

  /** A film of that genre, or of any where none is named or none is there. */
  pick(genre: string | null, random: Random): Film {
    const ofGenre = genre === null ? undefined : this.#byGenre.get(genre);
    return (ofGenre ?? (this.#byGenre.get(this.#genres.pick(random)) as Weighted<Film>)).pick(random);
  }
}

function weightOn({ releasedMs, weight, appeal }: Film, dayStartMs: number): number {
  const ageDays = (dayStartMs - releasedMs) / dayMs;
  // Word gets around in the first days.
  const known = Math.min(1, (ageDays + 1) / 3);
  return weight * (0.5 + appeal) * (1 + premiere.factor * known * Math.exp(-ageDays / premiere.fadeDays));
}
