// The scenarios by name, and how a person chooses among them.
import { parseTimestamp } from '../../core/protocol/timestamp.ts';
import { trafficRegions } from './regions.ts';
import type { Scenario, Span } from './scenario.ts';
import { messy } from './scenarios/messy.ts';
import { outage } from './scenarios/outage.ts';
import { silent } from './scenarios/silent.ts';
import { viral } from './scenarios/viral.ts';

interface ScenarioKind {
  readonly summary: string;
  /** Where it happens unless another is named; absent where it happens everywhere. */
  readonly region?: string;
  /** How long it lasts unless told otherwise. */
  readonly minutes: number;
  readonly build: (seed: number, region: string, span: Span) => Scenario | null;
}

const kinds: ReadonlyMap<string, ScenarioKind> = new Map<string, ScenarioKind>([
  [
    'normal',
    {
      summary: 'viewers and downloads as on any day; alone, nothing to worry about',
      minutes: Infinity,
      build: () => null,
    },
  ],
  [
    'outage',
    {
      summary: 'one region fails 70 % of its downloads for 5 minutes',
      region: 'EU-London',
      minutes: 5,
      build: outage,
    },
  ],
  [
    'viral',
    {
      summary: 'within a minute one film takes half of all views and downloads',
      minutes: Infinity,
      build: (seed, _, span) => viral(seed, span),
    },
  ],
  [
    'messy',
    {
      summary: 'records come twice, late, broken, from the far future and by wrong clocks, all the time',
      minutes: Infinity,
      build: messy,
    },
  ],
  [
    'silent',
    {
      summary: 'nothing is heard of one region any more',
      region: 'OC-Sydney',
      minutes: Infinity,
      build: (_, region, span) => silent(region, span),
    },
  ],
]);

/** For parseArgs of every tool that makes traffic. */
export const scenarioOptions = {
  scenario: { type: 'string', default: 'normal' },
  region: { type: 'string' },
  at: { type: 'string' },
  for: { type: 'string' },
} as const;

export const scenarioUsage = `  --scenario A,B    what happens; each may name its region: outage:EU-Paris (normal)
  --region REGION   where, for those scenarios that concern one region
  --at TIME         when they begin: HH:MM in UTC, a date and time, or +SECONDS
                    after the start              (the first full minute a minute later)
  --for MINUTES     how long they last               (outage 5, others for good)`;

export interface ScenarioWishes {
  readonly scenario: string;
  readonly region?: string | undefined;
  readonly at?: string | undefined;
  readonly for?: string | undefined;
}

export type Chosen =
  | { readonly ok: true; readonly scenarios: readonly Scenario[] }
  | { readonly ok: false; readonly message: string };

const firstMinuteMs = 60_000;

/** `beginsMs`: from when on the times are counted; a day's first moment, or now. */
export function chooseScenarios(wishes: ScenarioWishes, seed: number, beginsMs: number): Chosen {
  const fromMs = wishes.at === undefined ? defaultStart(beginsMs) : startOf(wishes.at, beginsMs);
  if (fromMs === null) return wrong(`--at is HH:MM, a date and time, or +SECONDS, not "${wishes.at}".`);
  const minutes = wishes.for === undefined ? undefined : Number(wishes.for);
  if (minutes !== undefined && !(minutes > 0))
    return wrong(`--for is a number of minutes, not "${wishes.for}".`);
  const scenarios: Scenario[] = [];
  let concernsRegion = false;
  for (const item of wishes.scenario.split(',')) {
    const [name = '', ownRegion] = item.trim().split(':');
    const kind = kinds.get(name);
    if (!kind) return wrong(`There is no scenario "${name}". There are:\n${listScenarios()}`);
    if (ownRegion !== undefined && kind.region === undefined)
      return wrong(`The scenario ${name} happens everywhere and takes no region.`);
    const region = ownRegion ?? wishes.region ?? kind.region ?? '';
    if (kind.region !== undefined && !trafficRegions.some((known) => known.name === region))
      return wrong(`There is no region "${region}". There are: ${regionNames()}.`);
    concernsRegion ||= kind.region !== undefined;
    const span = { fromMs, toMs: fromMs + (minutes ?? kind.minutes) * 60_000 };
    const scenario = kind.build(seed, region, span);
    if (scenario) scenarios.push(scenario);
  }
  if (wishes.region !== undefined && !concernsRegion)
    return wrong(`--region goes with a scenario that concerns one region:\n${listScenarios()}`);
  return { ok: true, scenarios };
}

/** One line each. */
export function listScenarios(): string {
  return [...kinds]
    .map(([name, { summary, region }]) => {
      const head = region === undefined ? name : `${name}[:REGION]`;
      return `  ${head.padEnd(17)} ${summary}${region === undefined ? '' : ` (${region})`}`;
    })
    .join('\n');
}

export const regionNames = (): string => trafficRegions.map(({ name }) => name).join(', ');

const wrong = (message: string): Chosen => ({ ok: false, message });

/** A full minute, so that whole windows are concerned; not the very next one, so that there is a before. */
function defaultStart(beginsMs: number): number {
  return Math.ceil((beginsMs + firstMinuteMs) / 60_000) * 60_000;
}

function startOf(text: string, beginsMs: number): number | null {
  const later = /^\+(\d+(?:\.\d+)?)$/.exec(text);
  if (later) return beginsMs + Number(later[1]) * 1000;
  const isTimeOfDay = /^\d\d:\d\d(:\d\d)?$/.test(text);
  if (!isTimeOfDay && !text.includes('-')) return null;
  const day = new Date(beginsMs).toISOString().slice(0, 10);
  return parseTimestamp(isTimeOfDay ? `${day}T${text}Z` : text);
}
