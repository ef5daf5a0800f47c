// What the built-in alert rules make of the producer's scenarios, in simulated time, with all regions, for longer than
// the tests have time for: `node tools/run.mjs sim-scenarios --scenario outage --rate 50 --seeds 20`. One line a seed.
import { parseArgs } from 'node:util';
import { calmMinutes, playScenario, raisedAfterMs } from '../test/sim/scenario-run.ts';
import { trafficRegions } from './producer/regions.ts';

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', default: 'normal' },
    rate: { type: 'string', default: '50' },
    seeds: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '30' },
    regions: { type: 'string', default: trafficRegions.map(({ name }) => name).join(',') },
  },
});
const { scenario } = values;
const [rate, seeds, minutes] = [Number(values.rate), Number(values.seeds), Number(values.minutes)];
console.log(`${scenario}, ${rate} events/s, ${seeds} seeds of ${calmMinutes} + ${minutes} minutes`);

const totals = new Map<string, number>();
let slowestMs = 0;
let records = 0;
for (let seed = 1; seed <= seeds; seed++) {
  // At another hour for each seed; with a full minute, as the tools do.
  const startMs = Date.UTC(2026, 10, 20, (seed * 7) % 24, seed);
  const regions = values.regions.split(',');
  const outcome = playScenario({ scenario, seed, rate, regions, startMs, minutes: calmMinutes + minutes });
  records += outcome.records.length;
  const told = outcome.alerts.map((alert) => {
    totals.set(alert.alertType, (totals.get(alert.alertType) ?? 0) + 1);
    slowestMs = Math.max(slowestMs, raisedAfterMs(alert));
    const value = alert.metricValue.toFixed(2);
    return `${alert.alertType} ${alert.region} ${value} after ${raisedAfterMs(alert)} ms, ${alert.state}`;
  });
  console.log(`seed ${seed}: ${told.length === 0 ? 'no alert' : told.join('; ')}`);
}
const sums = [...totals].map(([type, count]) => `${count} ${type}`).join(', ') || 'no alert';
console.log(`${records.toLocaleString('en-US')} records: ${sums}; slowest ${slowestMs} ms behind its window`);
