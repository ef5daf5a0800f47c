// Who watches: the viewers of the stream that live in the ten largest countries, with what they told of themselves, what
// they like, and the time in which they were customers.
import { screenGenres } from '../producer/catalogue.ts';
import { Random, Weighted } from '../producer/random.ts';
import { type TrafficRegion, trafficRegions } from '../producer/regions.ts';
import { buildUsers, type User } from '../producer/users.ts';
import { dateOf, dayMs } from './calendar.ts';
import type { Row } from './table-file.ts';

export interface Person {
  readonly user: User;
  readonly region: TrafficRegion;
  /** Start of a day. */
  readonly signedUpMs: number;
  /** Infinity for those who are still there. */
  readonly leftMs: number;
  readonly preferredGenre: string;
  /** How much they watch, against the others. */
  readonly activity: number;
}

const countriesKept = 10;
/** Those who were there before the first day. */
const establishedShare = 0.55;
const establishedDays = 3 * 365;

/** How long people stay: some only try it, others stay for a year or so; subscriptions bind. */
const stays = { triesShare: 0.3, triesDays: 12, meanDays: 260 } as const;
const habits: Readonly<Record<string, { readonly activity: number; readonly stay: number }>> = {
  free: { activity: 0.75, stay: 0.7 },
  basic: { activity: 1, stay: 1 },
  premium: { activity: 1.35, stay: 1.6 },
};

export function makePeople(seed: number, count: number, firstDayMs: number, untilMs: number): Person[] {
  const random = new Random(seed, 'people');
  const days = Math.floor((untilMs - 1 - firstDayMs) / dayMs);
  return choose(candidates(seed, count), count, random).map(({ user, region }) => {
    const habit = habits[user.subscription] ?? { activity: 1, stay: 1 };
    const signedUpMs = signUp(random, firstDayMs, days);
    const tries = random.chance(signedUpMs < firstDayMs ? 0.02 : stays.triesShare);
    const stayDays = exponential(random, (tries ? stays.triesDays : stays.meanDays) * habit.stay);
    const leftMs = Math.max(signedUpMs, firstDayMs) + Math.ceil(stayDays) * dayMs;
    return {
      user,
      region,
      signedUpMs,
      leftMs: leftMs < untilMs ? leftMs : Infinity,
      preferredGenre: tastes.pick(random),
      activity: random.skewed(habit.activity, 0.8),
    };
  });
}

const tastes = new Weighted(screenGenres.map((genre, n) => [genre, 1 / (n + 3)] as const));

function signUp(random: Random, firstDayMs: number, days: number): number {
  const isEstablished = random.chance(establishedShare);
  const share = random.between(0, 1);
  if (isEstablished) return firstDayMs - Math.ceil(share * establishedDays) * dayMs;
  // More every week: the square root puts the middle one at 71 % of the time.
  return firstDayMs + Math.floor(Math.sqrt(share) * (days + 1)) * dayMs;
}

function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random.between(0, 1));
}

interface Candidate {
  readonly user: User;
  readonly region: TrafficRegion;
}

/** At least `count` people of the ten largest countries; those of the stream come first. */
function candidates(seed: number, count: number): Candidate[] {
  const kept = largestCountries();
  const found = new Map<string, Candidate>();
  // Each further population is one with a seed far from those that people type.
  for (let round = 0; found.size < count; round++) {
    const population = buildUsers(seed + round * 1_000_003, trafficRegions);
    for (const region of trafficRegions)
      for (const user of population.get(region.name) ?? [])
        if (kept.has(user.country) && !found.has(user.id)) found.set(user.id, { user, region });
  }
  return [...found.values()];
}

function largestCountries(): ReadonlySet<string> {
  const shares = new Map<string, number>();
  for (const { weight, countries } of trafficRegions) {
    const sum = countries.reduce((total, [, share]) => total + share, 0);
    for (const [code, share] of countries) shares.set(code, (shares.get(code) ?? 0) + (weight * share) / sum);
  }
  const bySize = [...shares].toSorted(([, a], [, b]) => b - a);
  return new Set(bySize.slice(0, countriesKept).map(([code]) => code));
}

/** `count` of them, as many of each kind as there are in all (Knuth's selection sampling). */
function choose(all: readonly Candidate[], count: number, random: Random): Candidate[] {
  const chosen: Candidate[] = [];
  all.forEach((candidate, n) => {
    if (random.between(0, all.length - n) < count - chosen.length) chosen.push(candidate);
  });
  return chosen;
}

const genders = new Weighted<string | null>([
  ['female', 48],
  ['male', 47],
  ['other', 2],
  [null, 3],
]);
const mailHosts = ['example.com', 'example.net', 'example.org'];

/** Rows of users. */
export function* personRows(seed: number, people: readonly Person[]): Generator<Row> {
  const random = new Random(seed, 'person rows');
  for (const { user, signedUpMs, leftMs, preferredGenre } of people) {
    const username = user.id.slice(0, user.id.lastIndexOf('-'));
    const age = random.chance(0.02) ? null : Math.min(90, Math.round(random.skewed(34, 0.32)));
    yield [
      user.id,
      username,
      `${user.id.replaceAll(/[^a-z0-9.-]/gi, '.').toLowerCase()}@${random.pick(mailHosts)}`,
      age,
      genders.pick(random),
      user.country,
      user.subscription,
      dateOf(signedUpMs),
      leftMs === Infinity,
      preferredGenre,
    ];
  }
}

/** Who of a region watches on a day, and how much all of them watch together. */
export interface Audience {
  readonly people: Weighted<Person>;
  readonly activity: number;
}

export function audienceOf(people: readonly Person[], dayStartMs: number): Audience {
  const there = people.filter(({ signedUpMs, leftMs }) => signedUpMs <= dayStartMs && dayStartMs < leftMs);
  const weighted = there.map((person) => [person, activityOn(person, dayStartMs)] as const);
  return {
    people: new Weighted(weighted),
    activity: weighted.reduce((sum, [, activity]) => sum + activity, 0),
  };
}

/** What is new is used more. */
function activityOn({ activity, signedUpMs }: Person, dayStartMs: number): number {
  return activity * (1 + 1.2 * Math.exp((signedUpMs - dayStartMs) / (7 * dayMs)));
}
