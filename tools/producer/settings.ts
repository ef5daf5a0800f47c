// What a person asked of `npm run producer`, read from its arguments.
import { parseArgs } from 'node:util';
import { windowMs } from '../../core/protocol/limits.ts';
import { parseTimestamp } from '../../core/protocol/timestamp.ts';
import { type TrafficRegion, trafficRegions } from './regions.ts';
import type { Scenario } from './scenario.ts';
import {
  chooseScenarios,
  listScenarios,
  regionNames,
  scenarioOptions,
  scenarioUsage,
} from './scenario-list.ts';

const usage = `npm run producer -- [options]
  --url URL         the service                              (http://127.0.0.1:8787)
  --rate N          events a second, as the mean over a day  (200)
  --flat            the same rate at all hours of the day
  --seed N          another seed, other viewers and titles   (1)
  --senders N       requests under way at a time             (4)
  --batch N         events of a request at most              (50)
  --seconds N       stop after so long                       (never)
  --back-fill N     begin so many full minutes in the past   (0)
  --day YYYY-MM-DD  send this day (UTC) and end, as fast as the service takes it
  --from TIME       go on with the day from here, as the run before has printed it
  --to FILE         write the day into this file, a record a line, and send nothing
  --without REGION  leave this region out                    (none)
  --key KEY         ingest key; else MARQUEE_KEY, else that of the local run in
  --persist-to DIR  its data folder                          (.marquee)
${scenarioUsage}
  --list            show the scenarios and the regions`;

const options = {
  url: { type: 'string', default: 'http://127.0.0.1:8787' },
  rate: { type: 'string', default: '200' },
  flat: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  senders: { type: 'string', default: '4' },
  batch: { type: 'string', default: '50' },
  seconds: { type: 'string' },
  'back-fill': { type: 'string', default: '0' },
  day: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  without: { type: 'string' },
  key: { type: 'string' },
  'persist-to': { type: 'string', default: '.marquee' },
  ...scenarioOptions,
  list: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export interface ProducerSettings {
  readonly url: string;
  /** As given; where it is not, there are other places to look for one. */
  readonly key: string | undefined;
  /** Data folder of the local run, should the service be on this machine. */
  readonly persistTo: string;
  readonly seed: number;
  readonly rate: number;
  readonly flat: boolean;
  readonly senders: number;
  readonly batch: number;
  readonly regions: readonly TrafficRegion[];
  readonly scenarios: readonly Scenario[];
  /** First moment that is told of. */
  readonly fromMs: number;
  /** First moment that is not told of any more. */
  readonly untilMs: number;
  /** Where the day is written instead of being sent. */
  readonly to: string | null;
  /** Of a day: what is due before this has been sent already. Null where time goes on as it does. */
  readonly day: { readonly name: string; readonly dueFromMs: number } | null;
}

export type Reading =
  | { readonly kind: 'run'; readonly settings: ProducerSettings }
  | { readonly kind: 'show'; readonly text: string }
  | { readonly kind: 'wrong'; readonly message: string };

class WrongArgument extends Error {}

/** `nowMs`: by the producer's clock. */
export function readSettings(args: readonly string[], nowMs: number): Reading {
  try {
    const { values } = parseArgs({ args: [...args], options });
    if (values.help) return { kind: 'show', text: usage };
    if (values.list) {
      const text = `Scenarios:\n${listScenarios()}\n\nRegions: ${regionNames()}`;
      return { kind: 'show', text };
    }
    return { kind: 'run', settings: settingsOf(values, nowMs) };
  } catch (error) {
    // What parseArgs throws names the option and is written for people, as ours is.
    const isOurs =
      error instanceof WrongArgument ||
      String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');
    if (!isOurs) throw error;
    return { kind: 'wrong', message: (error as Error).message };
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function settingsOf(values: Values, nowMs: number): ProducerSettings {
  const seed = number(values, 'seed', 0);
  const time = values.day === undefined ? liveTime(values, nowMs) : dayTime(values, values.day, nowMs);
  const chosen = chooseScenarios(values, seed, time.beginsMs);
  if (!chosen.ok) throw new WrongArgument(chosen.message);
  if (values.to !== undefined && values.day === undefined) throw new WrongArgument('--to goes with --day.');
  if (values.without !== undefined && !trafficRegions.some(({ name }) => name === values.without))
    throw new WrongArgument(`There is no region "${values.without}". There are: ${regionNames()}.`);
  return {
    url: urlOf(values.url),
    key: values.key,
    persistTo: values['persist-to'],
    to: values.to ?? null,
    seed,
    rate: number(values, 'rate', 0.1),
    flat: values.flat,
    senders: Math.floor(number(values, 'senders', 1)),
    batch: Math.floor(number(values, 'batch', 1)),
    regions: trafficRegions.filter(({ name }) => name !== values.without),
    scenarios: chosen.scenarios,
    ...time,
  };
}

type Time = Pick<ProducerSettings, 'fromMs' | 'untilMs' | 'day'> & { readonly beginsMs: number };

function liveTime(values: Values, nowMs: number): Time {
  if (values.from !== undefined) throw new WrongArgument('--from goes with --day.');
  // From a full minute on, sent at once: half a minute may hold more than its share of failed downloads.
  const fromMs = Math.floor((nowMs - number(values, 'back-fill', 0) * 60_000) / windowMs) * windowMs;
  const untilMs = values.seconds === undefined ? Infinity : nowMs + number(values, 'seconds', 0) * 1000;
  return { fromMs, untilMs, day: null, beginsMs: nowMs };
}

function dayTime(values: Values, name: string, nowMs: number): Time {
  if (values.seconds !== undefined || values['back-fill'] !== '0')
    throw new WrongArgument('--day is sent whole: --seconds and --back-fill do not go with it.');
  const fromMs = /^\d{4}-\d\d-\d\d$/.test(name) ? parseTimestamp(`${name}T00:00:00Z`) : null;
  if (fromMs === null) throw new WrongArgument(`--day is a day as in 2026-11-20, not "${name}".`);
  if (fromMs >= nowMs) throw new WrongArgument(`The day ${name} has not begun yet.`);
  const dueFromMs = values.from === undefined ? fromMs : parseTimestamp(values.from);
  const isWithin = dueFromMs !== null && dueFromMs >= fromMs && dueFromMs < fromMs + 2 * dayMs;
  if (!isWithin) throw new WrongArgument(`--from is a time of the day ${name}, not "${values.from}".`);
  return { fromMs, untilMs: Math.min(fromMs + dayMs, nowMs), day: { name, dueFromMs }, beginsMs: fromMs };
}

const dayMs = 86_400_000;

function number(
  values: Values,
  name: 'rate' | 'seed' | 'senders' | 'batch' | 'seconds' | 'back-fill',
  least: number,
): number {
  const value = Number(values[name]);
  if (value >= least && Number.isFinite(value)) return value;
  throw new WrongArgument(`--${name} is a number from ${least} on, not "${values[name]}".`);
}

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return text;
  throw new WrongArgument(`--url is an address as in http://127.0.0.1:8787, not "${text}".`);
}
