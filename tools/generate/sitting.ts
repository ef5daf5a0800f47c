// One person before one film: how long they stay follows from what they like, how good it is, and how well it plays.
import type { Random } from '../producer/random.ts';
import { deviceOf, qualityOf } from '../producer/users.ts';
import { type LocalTime, localTime } from './calendar.ts';
import type { Film, Programme } from './films.ts';
import type { Person } from './people.ts';
import type { Row } from './table-file.ts';

export interface Sitting {
  readonly person: Person;
  readonly film: Film;
  readonly startMs: number;
  readonly endMs: number;
  /** At most from start to end; whole seconds, as all times here. */
  readonly watchedMs: number;
  /** 0 to 1. */
  readonly completion: number;
  readonly device: string;
  readonly quality: string;
  readonly stalls: number;
}

/** Of all choices, those that keep to the genre one likes best; the rest go where all go. */
const tasteShare = 0.45;
const ownDeviceShare = 0.7;
/** By day on weekdays people are out. */
const outShare = 0.35;

/** Stalls in an hour of watching. */
const stallsByQuality: Readonly<Record<string, number>> = {
  '2160p': 2,
  '1080p': 1.1,
  '720p': 0.8,
  '480p': 0.6,
};
const stallsByCountry: Readonly<Record<string, number>> = { IN: 2.2, BR: 1.7, MX: 1.6, AU: 1.2, JP: 0.7 };
/** Those who go away at the first stall, twice as many at the second: patience wears thin. */
const leaveAtFirstStall = 0.13;

export function sit(
  person: Person,
  programme: Programme,
  startMs: number,
  untilMs: number,
  random: Random,
): Sitting {
  const time = localTime(startMs, person.region.utcOffsetHours);
  const film = programme.pick(random.chance(tasteShare) ? person.preferredGenre : null, random);
  const device = chooseDevice(person, time, random);
  const quality = chooseQuality(person, device, random);
  const lengthMs = film.durationMinutes * 60_000;
  const perHour = stallsPerHour(person, device, quality, time, random);
  const wantedMs = lengthMs * wantedShare(person, film, device, perHour, random);
  const played = play(wantedMs, perHour, random);
  const breakMs = random.chance(0.3) ? Math.min(3_600_000, random.skewed(240_000, 0.8)) : 0;
  const stalledMs = played.stalls * random.between(3_000, 12_000);
  // What goes on at the end of the data is told up to there.
  const endMs = Math.min(untilMs, startMs + inSeconds(played.watchedMs + breakMs + stalledMs) + 1_000);
  const watchedMs = Math.min(endMs - startMs, inSeconds(played.watchedMs));
  return {
    person,
    film,
    startMs,
    endMs,
    watchedMs,
    completion: Math.floor((watchedMs / lengthMs) * 1000) / 1000,
    device,
    quality,
    stalls: played.stalls,
  };
}

function inSeconds(ms: number): number {
  return Math.floor(ms / 1000) * 1000;
}

function chooseDevice({ user }: Person, { hour, isWeekend }: LocalTime, random: Random): string {
  if (!isWeekend && hour >= 7 && hour < 18 && random.chance(outShare)) return 'mobile';
  return random.chance(ownDeviceShare) ? user.device : deviceOf(user.country, random);
}

function chooseQuality({ user }: Person, device: string, random: Random): string {
  const quality = qualityOf(device, random);
  return quality === '2160p' && user.subscription !== 'premium' ? '1080p' : quality;
}

/** How much of it they would see if it did not stop; a poor picture makes people look for something else. */
function wantedShare(person: Person, film: Film, device: string, perHour: number, random: Random): number {
  const liked = film.title.genre === person.preferredGenre ? 1.2 : 0;
  const screen = device === 'mobile' ? -0.4 : device === 'smart_tv' ? 0.2 : 0;
  const annoyed = 0.5 * Math.log1p(perHour);
  const seesItThrough = 1 / (1 + Math.exp(-(2.6 * (film.appeal - 0.5) + liked + screen - annoyed + 0.35)));
  // The credits are left to the few.
  if (random.chance(seesItThrough)) return random.between(0.92, 1);
  return 0.92 * random.between(0, 1) ** (1.8 - seesItThrough);
}

function stallsPerHour(
  { user }: Person,
  device: string,
  quality: string,
  { hour }: LocalTime,
  random: Random,
): number {
  const evening = hour >= 19 && hour < 23 ? 1.4 : 1;
  const radio = device === 'mobile' ? 1.6 : 1;
  const line = random.skewed(0.6, 1.2);
  return (stallsByQuality[quality] ?? 1) * (stallsByCountry[user.country] ?? 1) * evening * radio * line;
}

function play(wantedMs: number, perHour: number, random: Random): { watchedMs: number; stalls: number } {
  const meanMs = 3_600_000 / perHour;
  let stalls = 0;
  for (let atMs = 0; ; ) {
    atMs -= meanMs * Math.log(1 - random.between(0, 1));
    if (atMs >= wantedMs) return { watchedMs: wantedMs, stalls };
    stalls++;
    if (random.chance(leaveAtFirstStall * stalls)) return { watchedMs: atMs, stalls };
  }
}

/** Row of viewing_sessions. */
export function sittingRow(id: string, sitting: Sitting): Row {
  const { person, film, startMs, endMs, watchedMs } = sitting;
  return [
    id,
    person.user.id,
    film.title.id,
    isoSeconds(startMs),
    isoSeconds(endMs),
    // Rounded down, so that it is never longer than from start to end.
    Math.floor(watchedMs / 600) / 100,
    sitting.completion,
    sitting.device,
    sitting.quality,
    sitting.stalls,
    person.user.country,
    person.user.subscription,
    person.region.name,
  ];
}

function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
