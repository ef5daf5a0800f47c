// What there is to watch, hear and download: a few hundred titles, some much more popular than others.
import { en, Faker } from '@faker-js/faker';
import { Weighted } from './random.ts';

export type ContentType = 'film' | 'series' | 'music' | 'app';

export interface Title {
  readonly id: string;
  readonly title: string;
  readonly contentType: ContentType;
  readonly genre: string;
  /** Of one film, episode or track; apps have none. */
  readonly lengthMs: number;
  /** Of the download. */
  readonly bytes: number;
}

export interface Catalogue {
  readonly titles: readonly Title[];
  readonly watched: Weighted<Title>;
  readonly downloaded: Weighted<Title>;
}

/** The title that is taken at `atMs`, given the one that would be by itself; `key` is another for each taking. */
export type TitleChoice = (title: Title, atMs: number, key: string) => Title;

export const anyTitle: TitleChoice = (title) => title;

/** All titles together stay below the 512 keys that a window holds of a dimension. */
const counts: Readonly<Record<ContentType, number>> = { film: 140, series: 60, music: 80, app: 40 };
const watchShares: Readonly<Record<ContentType, number>> = { film: 35, series: 40, music: 25, app: 0 };
const downloadShares: Readonly<Record<ContentType, number>> = { film: 25, series: 15, music: 30, app: 30 };
/** Zipf: the n-th title is asked for 1 / n^s as often as the first; s near 0.9 fits video catalogues. */
const zipfExponent = 0.9;

export const screenGenres = [
  'Action',
  'Adventure',
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Fantasy',
  'Horror',
  'Romance',
  'Thriller',
];
const appGenres = ['Games', 'Music', 'Productivity', 'Education', 'Health', 'Travel'];

export function buildCatalogue(seed: number): Catalogue {
  const faker = new Faker({ locale: en, seed });
  const used = new Set<string>();
  const titles = (Object.keys(counts) as ContentType[]).flatMap((contentType) =>
    Array.from({ length: counts[contentType] }, (_, n) => makeTitle(faker, contentType, n + 1, used)),
  );
  return { titles, watched: byShare(titles, watchShares), downloaded: byShare(titles, downloadShares) };
}

function makeTitle(faker: Faker, contentType: ContentType, n: number, used: Set<string>): Title {
  let title = nameOf(faker, contentType);
  while (used.has(title)) title = `${title} ${faker.helpers.arrayElement(['II', 'III', 'Redux', 'Returns'])}`;
  used.add(title);
  const { genre, minutes, megabytes } = factsOf(faker, contentType);
  return {
    id: `${contentType}-${String(n).padStart(4, '0')}`,
    title,
    contentType,
    genre,
    lengthMs: Math.round(minutes * 60_000),
    bytes: Math.round(megabytes * 1_000_000),
  };
}

function nameOf(faker: Faker, contentType: ContentType): string {
  const noun = () => capital(faker.word.noun({ length: { min: 4, max: 9 } }));
  const adjective = () => capital(faker.word.adjective({ length: { min: 4, max: 9 } }));
  const film = () => `The ${adjective()} ${noun()}`;
  const makers: Record<ContentType, readonly (() => string)[]> = {
    film: [film, () => `${noun()} of ${faker.location.city()}`, () => `${adjective()} ${noun()}`],
    series: [() => `${faker.location.city()} ${noun()}`, () => `${faker.person.lastName()} & ${noun()}`],
    music: [() => faker.music.songName()],
    app: [() => `${noun()}ly`, () => `${adjective()} ${noun()}`],
  };
  return faker.helpers.arrayElement(makers[contentType])();
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function factsOf(faker: Faker, contentType: ContentType) {
  switch (contentType) {
    case 'film': {
      const minutes = faker.number.float({ min: 78, max: 165 });
      return { genre: faker.helpers.arrayElement(screenGenres), minutes, megabytes: minutes * 25 };
    }
    case 'series': {
      const minutes = faker.number.float({ min: 21, max: 58 });
      return { genre: faker.helpers.arrayElement(screenGenres), minutes, megabytes: minutes * 22 };
    }
    case 'music': {
      const minutes = faker.number.float({ min: 2.2, max: 5.5 });
      return { genre: faker.music.genre(), minutes, megabytes: minutes * 2.4 };
    }
    case 'app':
      return {
        genre: faker.helpers.arrayElement(appGenres),
        minutes: 0,
        megabytes: faker.number.float({ min: 20, max: 900 }),
      };
  }
}

/** Films and series alone, each with how much it is asked for: as many as in the stream, or the first of them, or more. */
export function screenTitles(seed: number, films: number, series: number): (readonly [Title, number])[] {
  const wanted = { film: films, series };
  const streamed = buildCatalogue(seed).titles;
  const used = new Set(streamed.map(({ title }) => title));
  // Those that the stream has not come from a sequence of their own: they change none of its titles.
  const faker = new Faker({ locale: en, seed: seed + 1 });
  return (['film', 'series'] as const).flatMap((contentType) => {
    const titles = streamed
      .filter((title) => title.contentType === contentType)
      .slice(0, wanted[contentType]);
    while (titles.length < wanted[contentType])
      titles.push(makeTitle(faker, contentType, titles.length + 1, used));
    return zipfShares(titles, watchShares[contentType]);
  });
}

function byShare(titles: readonly Title[], shares: Readonly<Record<ContentType, number>>): Weighted<Title> {
  return new Weighted(
    (Object.keys(shares) as ContentType[]).flatMap((contentType) => {
      const ofType = titles.filter((title) => title.contentType === contentType);
      return zipfShares(ofType, shares[contentType]);
    }),
  );
}

function zipfShares(titles: readonly Title[], share: number): (readonly [Title, number])[] {
  const weights = titles.map((_, n) => 1 / (n + 1) ** zipfExponent);
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return titles.map((title, n) => [title, (share * (weights[n] as number)) / sum] as const);
}
