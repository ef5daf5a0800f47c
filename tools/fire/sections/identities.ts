// A shard whose identities are at their cap: its oldest windows end their lateness early, an alert says so, and the
// batch layer counts what came too late for them. The cap is small here, so that traffic of some minutes is beyond it.
import { setTimeout as sleep } from 'node:timers/promises';
import { runLot } from '../harness/lot.ts';
import { until, type World } from '../harness/world.ts';
import type { Section } from './section.ts';

const identitiesMax = 300;
/** Events of all windows that live. */
const spreadMs = 8 * 60_000;

export const identities: Section = {
  name: 'identities',
  unit: `events at a cap of ${identitiesMax}`,
  trials: 20_000,
  lotTrials: 20_000,
  run: async ({ configs, ...context }, trials) => {
    const vars = { FIRE_IDENTITIES_MAX: String(identitiesMax) };
    const options = { ...context, configPath: configs.durable, vars, traffic: { spreadMs } };
    const { result, of } = await runLot(options, async ({ world, producers, oracle }) => {
      producers.start();
      while (oracle.events.length < trials) await sleep(200);
      const isTold = async () => (await cutAlerts(world)) > 0;
      const inSight = await until('an alert', isTold, 90_000).then(
        () => true,
        () => false,
      );
      return { inSight, alerts: await cutAlerts(world) };
    });
    const faults = [
      ...(of.inSight ? [] : ['no alert says that lateness was cut']),
      ...(result.late > 0 ? [] : ['nothing came too late: the cap was not reached']),
    ];
    return { trials: result.events, result, counts: { alerts: of.alerts, late: result.late }, faults };
  },
};

async function cutAlerts(world: World): Promise<number> {
  const alerts = await world.data<{ alert_type: string }[]>('/api/stats/alerts?alert_type=LATENESS_CUT');
  return alerts.filter(({ alert_type: type }) => type === 'LATENESS_CUT').length;
}
