// When people watch: little by night, much in the evening, on weekends also by day; by the clock of where they are.

export const dayMs = 86_400_000;
/** Offsets from UTC are half hours. */
export const slotMs = dayMs / 48;

/** How much is watched in each hour of a local day, against the others. */
const weekday = [
  1.6, 0.9, 0.5, 0.3, 0.25, 0.35, 0.7, 1.0, 1.0, 1.0, 1.1, 1.3, 1.7, 1.6, 1.5, 1.7, 2.1, 2.7, 3.6, 4.7, 5.4,
  5.2, 4.0, 2.6,
];
const weekend = [
  2.4, 1.6, 0.9, 0.5, 0.3, 0.3, 0.5, 0.9, 1.6, 2.3, 2.9, 3.2, 3.4, 3.6, 3.9, 4.0, 4.1, 4.3, 4.7, 5.3, 5.7,
  5.3, 4.3, 3.2,
];
/** Sunday first. */
const days = [
  { hours: weekend, weight: 1 },
  { hours: weekday, weight: 0.9 },
  { hours: weekday, weight: 0.88 },
  { hours: weekday, weight: 0.92 },
  { hours: weekday, weight: 0.97 },
  { hours: weekday, weight: 1.12 },
  { hours: weekend, weight: 1.05 },
];

export interface LocalTime {
  /** 0 to 23. */
  readonly hour: number;
  readonly isWeekend: boolean;
  /** How much is watched then. */
  readonly weight: number;
}

export function localTime(ms: number, utcOffsetHours: number): LocalTime {
  const local = ms + utcOffsetHours * 3_600_000;
  const hour = Math.floor(local / 3_600_000) % 24;
  // The epoch was a Thursday.
  const day = days[(Math.floor(local / dayMs) + 4) % 7] as (typeof days)[number];
  return { hour, isWeekend: day.hours === weekend, weight: day.weight * (day.hours[hour] as number) };
}

/** YYYY-MM-DD of UTC. */
export function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
