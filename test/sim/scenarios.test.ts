// What the built-in alert rules make of the producer's scenarios, in simulated time: real records, the real door core,
// a real shard machine for each region. `node tools/run.mjs sim-scenarios` plays all regions for longer.
import { describe, expect, test, vi } from 'vitest';
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import { trafficRegions } from '../../tools/producer/regions.ts';
import {
  calmMinutes,
  completingMinute,
  playScenario,
  raisedAfterMs,
  type ScenarioOutcome,
} from './scenario-run.ts';

// A busy machine gives little processor time.
vi.setConfig({ testTimeout: 60_000 });

const seeds = Array.from({ length: 20 }, (_, n) => n + 1);
/** Of `npm start`. */
const rate = 50;
const names = trafficRegions.map(({ name }) => name);

/** Another hour of the day for each seed, and a start within a minute as a person's is. */
const startOf = (seed: number): number => Date.UTC(2026, 10, 20, (seed * 7) % 24, seed, seed * 2, 345);

/** Two regions for each seed: over all seeds each region is played three times at least. */
const regionsOf = (seed: number): readonly string[] =>
  [2 * seed, 2 * seed + 1].map((n) => names[n % names.length] as string);

const typesOf = (alerts: readonly AlertRecord[]): string[] => alerts.map(({ alertType }) => alertType).sort();

describe('[ALR-1] normal traffic raises no alert in half an hour', () => {
  test.each(seeds)('at the rate of npm start, seed %i', (seed) => {
    const run = { scenario: 'normal', seed, rate, startMs: startOf(seed), minutes: 30 };
    const { alerts, accounts } = playScenario({ ...run, regions: regionsOf(seed) });
    expect(alerts).toEqual([]);
    expect(accounts.counted).toBeGreaterThan(1_000);
  });

  test.each([1, 2, 3])('at eight times that rate, seed %i', (seed) => {
    const regions = [['AF-Johannesburg'], ['OC-Sydney'], ['SA-SaoPaulo']][seed - 1] as string[];
    const run = { scenario: 'normal', seed, rate: 8 * rate, startMs: startOf(seed), minutes: 30 };
    expect(playScenario({ ...run, regions }).alerts).toEqual([]);
  });
});

describe('[ALR-1] an outage of five minutes', () => {
  const region = 'EU-London';
  const play = (seed: number): ScenarioOutcome =>
    playScenario({
      scenario: 'outage',
      seed,
      rate,
      regions: [region],
      startMs: startOf(seed),
      minutes: calmMinutes + 12,
    });

  test.each(seeds)('raises both download alerts in time, and they resolve, seed %i', (seed) => {
    const outcome = play(seed);
    expect(typesOf(outcome.alerts)).toEqual(['HIGH_ERROR_RATE', 'LOW_SUCCESS_RATE']);
    for (const alert of outcome.alerts) {
      const windows = alert.alertType === 'HIGH_ERROR_RATE' ? 3 : 1;
      expect([alert.region, alert.windowMinute]).toEqual([
        region,
        completingMinute(outcome, region, windows),
      ]);
      expect(raisedAfterMs(alert)).toBeLessThanOrEqual(10_000);
      const { total, failed } = outcome.downloads.get(`${region} ${alert.windowMinute}`) ?? {
        total: 0,
        failed: 0,
      };
      if (windows === 1) expect(alert.metricValue).toBe((total - failed) / total);
      else expect(alert.metricValue).toBeGreaterThan(0.5);
      expect([alert.state, alert.resolution]).toEqual(['resolved', 'healthy']);
      expect(alert.resolvedMinute).toBeGreaterThan(alert.windowMinute);
    }
  });
});

describe('[ALR-1] a region that falls silent', () => {
  test.each([1, 2, 3])(
    'raises NO_DATA after five minutes, which resolves when it returns, seed %i',
    (seed) => {
      const { alerts, records } = playScenario({
        scenario: 'silent:OC-Sydney',
        forMinutes: 8,
        seed,
        rate,
        regions: ['OC-Sydney', 'AF-Johannesburg'],
        startMs: startOf(seed),
        minutes: calmMinutes + 14,
      });
      const silentFromMs = Math.ceil((startOf(seed) + (calmMinutes + 1) * 60_000) / 60_000) * 60_000;
      expect(records.some(({ event }) => event.timestamp > silentFromMs + 480_000)).toBe(true);
      expect(alerts).toMatchObject([
        {
          alertType: 'NO_DATA',
          severity: 'INFO',
          region: 'OC-Sydney',
          state: 'resolved',
          resolution: 'healthy',
        },
      ]);
      const [alert] = alerts as [AlertRecord];
      expect(alert.createdAtMs - (silentFromMs + 5 * 60_000)).toBeGreaterThanOrEqual(0);
      expect(alert.createdAtMs - (silentFromMs + 5 * 60_000)).toBeLessThanOrEqual(10_000);
    },
  );
});

describe('[ALR-1] what is unusual but well raises none of the download alerts', () => {
  test.each(seeds.slice(0, 6))(
    'viral and messy, alone and together, seed %i',

    (seed) => {
      const scenario = ['viral', 'messy', 'viral,messy'][seed % 3] as string;
      // From a full minute on, as the tools have it: of a cut one with 3 failures of 30, a success may be missing.
      const startMs = Math.ceil(startOf(seed) / 60_000) * 60_000;
      const run = { scenario, seed, rate, startMs, minutes: calmMinutes + 20 };
      expect(playScenario({ ...run, regions: regionsOf(seed) }).alerts).toEqual([]);
    },
  );
});

test('[ING-6, DUP-1, WIN-5] of messy traffic each record becomes what it is expected to', () => {
  const run = { scenario: 'messy', seed: 1, rate, startMs: startOf(1), minutes: 30 };
  const { accounts, records } = playScenario({
    ...run,
    regions: ['US-Texas', 'EU-Paris', 'AF-Johannesburg'],
  });
  const count = (expected: string) => records.filter((record) => record.expected === expected).length;
  expect(accounts.counted).toBe(count('accepted'));
  expect(accounts.twins + accounts.duplicates).toBe(count('twin'));
  expect(accounts.late).toBe(count('late'));
  const bad = records.filter(({ expected }) => expected === 'rejected');
  expect(accounts.rejected).toEqual(
    Object.fromEntries(
      [...Map.groupBy(bad, ({ code }) => code ?? '')].map(([code, of]) => [code, of.length]),
    ),
  );
  expect(
    Math.min(count('twin'), count('late'), bad.length, accounts.twins, accounts.duplicates),
  ).toBeGreaterThan(20);
});
