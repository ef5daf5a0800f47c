// Who watches: a population that lives in the regions and keeps its devices and subscriptions.
import { en, Faker } from '@faker-js/faker';
import { Random, Weighted } from './random.ts';
import type { TrafficRegion } from './regions.ts';

export interface User {
  readonly id: string;
  readonly country: string;
  readonly device: string;
  readonly subscription: string;
}

const population = 6_000;
const usersPerRegionMin = 60;

const subscriptions = new Weighted([
  ['free', 35],
  ['basic', 30],
  ['premium', 35],
] as const);

const devices = {
  livingRoom: new Weighted([
    ['smart_tv', 44],
    ['mobile', 25],
    ['desktop', 16],
    ['tablet', 9],
    ['console', 6],
  ]),
  balanced: new Weighted([
    ['mobile', 36],
    ['smart_tv', 30],
    ['desktop', 20],
    ['tablet', 10],
    ['console', 4],
  ]),
  mobileFirst: new Weighted([
    ['mobile', 71],
    ['smart_tv', 12],
    ['desktop', 9],
    ['tablet', 7],
    ['console', 1],
  ]),
} as const;

const habits: Readonly<Record<string, keyof typeof devices>> = {
  US: 'livingRoom',
  CA: 'livingRoom',
  GB: 'livingRoom',
  AU: 'livingRoom',
  NZ: 'livingRoom',
  IN: 'mobileFirst',
  ID: 'mobileFirst',
  MY: 'mobileFirst',
  BR: 'mobileFirst',
  MX: 'mobileFirst',
  ZA: 'mobileFirst',
  KE: 'mobileFirst',
  KR: 'mobileFirst',
};

const qualities: Readonly<Record<string, Weighted<string>>> = {
  smart_tv: new Weighted([
    ['2160p', 45],
    ['1080p', 50],
    ['720p', 5],
  ]),
  console: new Weighted([
    ['2160p', 40],
    ['1080p', 60],
  ]),
  desktop: new Weighted([
    ['1080p', 75],
    ['720p', 25],
  ]),
  tablet: new Weighted([
    ['1080p', 50],
    ['720p', 50],
  ]),
  mobile: new Weighted([
    ['1080p', 25],
    ['720p', 50],
    ['480p', 25],
  ]),
};

/** Users by region name, in proportion to the regions' weights. */
export function buildUsers(
  seed: number,
  regions: readonly TrafficRegion[],
): ReadonlyMap<string, readonly User[]> {
  const weights = regions.reduce((total, region) => total + region.weight, 0);
  return new Map(
    regions.map((region) => {
      // Each region draws from its own sequence, so that leaving one out changes nothing in the others' drawing.
      const random = new Random(seed, 'users', region.name);
      const faker = new Faker({ locale: en, seed: Math.floor(random.between(0, 2 ** 31)) });
      const countries = new Weighted(region.countries);
      const count = Math.max(usersPerRegionMin, Math.round((population * region.weight) / weights));
      return [region.name, Array.from({ length: count }, () => makeUser(faker, random, countries))];
    }),
  );
}

function makeUser(faker: Faker, random: Random, countries: Weighted<string>): User {
  const country = countries.pick(random);
  return {
    id: `${faker.internet.username().toLowerCase()}-${faker.string.alphanumeric(6)}`,
    country,
    device: deviceOf(country, random),
    subscription: subscriptions.pick(random),
  };
}

/** What people of a country watch on. */
export function deviceOf(country: string, random: Random): string {
  return devices[habits[country] ?? 'balanced'].pick(random);
}

/** A picture quality that such a device asks for. */
export function qualityOf(device: string, random: Random): string {
  return qualities[device]?.pick(random) ?? '720p';
}
