/** A scenario of the producer, played through the simulated service, and what a naive recount says of its downloads. */
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import { trafficRegions } from '../../tools/producer/regions.ts';
import type { OutgoingRecord } from '../../tools/producer/scenario.ts';
import { chooseScenarios } from '../../tools/producer/scenario-list.ts';
import { SendPlan } from '../../tools/producer/send-plan.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import { type Accounts, SimulatedService } from './simulated-service.ts';

export interface ScenarioRun {
  readonly scenario: string;
  /** Of the scenario, in minutes; its own by default. */
  readonly forMinutes?: number;
  readonly seed: number;
  /** Events a second of all twelve regions, whichever are played. */
  readonly rate: number;
  /** Those that are played; all by default. Each has the traffic that it has among all. */
  readonly regions?: readonly string[];
  readonly startMs: number;
  readonly minutes: number;
}

export interface DownloadCount {
  total: number;
  failed: number;
}

export interface ScenarioOutcome {
  readonly alerts: readonly AlertRecord[];
  readonly accounts: Accounts;
  readonly records: readonly OutgoingRecord[];
  /** By `region minute` (epoch minute), of the events that count. */
  readonly downloads: ReadonlyMap<string, DownloadCount>;
}

/** Minutes of traffic before the earliest moment at which a scenario begins. */
export const calmMinutes = 3;

/** The scenario begins a minute behind the calm ones, and the service is left alone for a while at the end. */
export function playScenario(run: ScenarioRun): ScenarioOutcome {
  const { scenario, seed, startMs, minutes } = run;
  const wishes = { scenario, ...(run.forMinutes === undefined ? {} : { for: String(run.forMinutes) }) };
  const chosen = chooseScenarios(wishes, seed, startMs + calmMinutes * 60_000);
  if (!chosen.ok) throw new Error(chosen.message);
  const regions = trafficRegions.filter(({ name }) => run.regions?.includes(name) ?? true);
  const weigh = (some: typeof trafficRegions) => some.reduce((sum, { weight }) => sum + weight, 0);
  const rate = (run.rate * weigh(regions)) / weigh(trafficRegions);
  const plan = new SendPlan(new Traffic({ seed, rate, regions, scenarios: chosen.scenarios }, startMs));
  const records: OutgoingRecord[] = [];
  const service = new SimulatedService(startMs);
  const untilMs = startMs + minutes * 60_000;
  service.play(plan, untilMs, (taken) => records.push(...taken));
  return {
    alerts: service.alerts,
    accounts: service.accounts,
    records,
    downloads: countDownloads(records),
  };
}

function countDownloads(records: readonly OutgoingRecord[]): Map<string, DownloadCount> {
  const counts = new Map<string, DownloadCount>();
  for (const { event, expected } of records) {
    if (expected !== 'accepted' || event.event_type !== 'download') continue;
    const key = `${event.region} ${Math.floor(event.timestamp / 60_000)}`;
    const count = counts.get(key) ?? { total: 0, failed: 0 };
    counts.set(key, count);
    count.total++;
    if (event.status === 'failed') count.failed++;
  }
  return counts;
}

/**
 * The first minute of a region that completes `windows` minutes of more than a tenth failed, one after the other, each
 * with 20 downloads or more; minutes with fewer are passed over. Null if there is none.
 */
export function completingMinute(
  { downloads }: ScenarioOutcome,
  region: string,
  windows: number,
): number | null {
  const ofRegion = [...downloads]
    .filter(([key, { total }]) => key.startsWith(`${region} `) && total >= 20)
    .map(([key, { total, failed }]) => [Number(key.split(' ')[1]), failed * 10 > total] as const)
    .sort(([a], [b]) => a - b);
  let run = 0;
  for (const [minute, isBad] of ofRegion) {
    run = isBad ? run + 1 : 0;
    if (run === windows) return minute;
  }
  return null;
}

/** From the end of the window that completed the alert's condition, ms. */
export const raisedAfterMs = ({ createdAtMs, windowMinute }: AlertRecord): number =>
  createdAtMs - (windowMinute + 1) * 60_000;
