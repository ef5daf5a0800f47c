// What a person asked of `npm run generate`, read from its arguments.
import { parseArgs } from 'node:util';
import { parseTimestamp } from '../../core/protocol/timestamp.ts';
import { type FileFormat, fileFormats } from './table-file.ts';

const usage = `npm run generate -- [options]
  --movies N        films and series                        (200)
  --users N         viewers                                 (5000)
  --sessions N      times that somebody watched something   (50000)
  --ratings N       ratings by those who watched            (20000)
  --days N          full days before the last one           (90)
  --until TIME      where it ends: a date, or a date and time (now)
  --seed N          other viewers, titles and habits        (1)
  --format FORMAT   csv, ndjson or parquet                  (csv)
  --to DIR          folder of the files                     (.cache/data)

The same arguments make the same bytes, if --until is one of them. docs/data.md tells what is in the files.`;

const options = {
  movies: { type: 'string', default: '200' },
  users: { type: 'string', default: '5000' },
  sessions: { type: 'string', default: '50000' },
  ratings: { type: 'string', default: '20000' },
  days: { type: 'string', default: '90' },
  until: { type: 'string' },
  seed: { type: 'string', default: '1' },
  format: { type: 'string', default: 'csv' },
  to: { type: 'string', default: '.cache/data' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What the files are a function of. */
export interface DataSetOptions {
  readonly movies: number;
  readonly users: number;
  readonly sessions: number;
  readonly ratings: number;
  /** Full days of UTC before the last one, which `untilMs` ends: one more day has rows. */
  readonly days: number;
  /** Nothing is later. */
  readonly untilMs: number;
  readonly seed: number;
}

export interface GenerateSettings {
  readonly data: DataSetOptions;
  readonly format: FileFormat;
  readonly folder: string;
}

export type Reading =
  | { readonly kind: 'run'; readonly settings: GenerateSettings }
  | { readonly kind: 'show'; readonly text: string }
  | { readonly kind: 'wrong'; readonly message: string };

class WrongArgument extends Error {}

/** `nowMs`: by the clock of this machine. */
export function readSettings(args: readonly string[], nowMs: number): Reading {
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return { kind: 'show', text: usage };
    return { kind: 'run', settings: settingsOf(values, nowMs) };
  } catch (error) {
    const isOurs =
      error instanceof WrongArgument ||
      String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    if (!isOurs) throw error;
    return { kind: 'wrong', message: (error as Error).message };
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];
type NumberName = 'movies' | 'users' | 'sessions' | 'ratings' | 'days' | 'seed';

/** Viewers, titles, and who has rated what are held in memory, sessions are not. */
const bounds: Readonly<Record<NumberName, readonly [least: number, most: number]>> = {
  movies: [1, 100_000],
  users: [1, 1_000_000],
  sessions: [0, 100_000_000],
  ratings: [0, 2_000_000],
  days: [1, 3_650],
  seed: [0, 2 ** 31 - 1],
};

function settingsOf(values: Values, nowMs: number): GenerateSettings {
  const [movies, users, sessions] = (['movies', 'users', 'sessions'] as const).map((name) =>
    numberOf(values, name),
  ) as [number, number, number];
  const [ratings, days, seed] = (['ratings', 'days', 'seed'] as const).map((name) =>
    numberOf(values, name),
  ) as [number, number, number];
  if (ratings > sessions)
    throw new WrongArgument(
      `--ratings is at most --sessions, since only those who watched rate: ${ratings} is more than ${sessions}.`,
    );
  const format = fileFormats.find((name) => name === values.format);
  if (!format)
    throw new WrongArgument(`--format is one of ${fileFormats.join(', ')}, not "${values.format}".`);
  if (values.to === '') throw new WrongArgument('--to is a folder, not "".');
  const untilMs = values.until === undefined ? nowMs : untilOf(values.until, nowMs);
  return { data: { movies, users, sessions, ratings, days, untilMs, seed }, format, folder: values.to };
}

function numberOf(values: Values, name: NumberName): number {
  const text = values[name];
  const [least, most] = bounds[name];
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new WrongArgument(`--${name} is a whole number from ${least} to ${most}, not "${text}".`);
}

function untilOf(text: string, nowMs: number): number {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const isTime = /^\d{4}-\d\d-\d\d[Tt ]/.test(text);
  const ms = isDate || isTime ? parseTimestamp(isDate ? `${text}T00:00:00Z` : text) : null;
  if (ms === null)
    throw new WrongArgument(`--until is a date as in 2026-11-20, or with a time, not "${text}".`);
  if (ms > nowMs) throw new WrongArgument(`--until is not ahead of now: nobody has watched until ${text}.`);
  return ms;
}
