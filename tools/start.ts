// `npm start`: everything on one machine, with traffic, for someone who wants to see it move.
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { windowMs } from '../core/protocol/limits.ts';
import { type Credentials, credentialsPath, signInLink } from './credentials.ts';
import { cronFires } from './cron.ts';
import { loadFirstData } from './first-data.ts';
import { isPortFree, nextFreePort } from './ports.ts';
import { produce } from './producer/produce.ts';
import { Progress } from './producer/progress.ts';
import { chooseScenarios, listScenarios, scenarioOptions, scenarioUsage } from './producer/scenario-list.ts';
import { Sender } from './producer/sender.ts';
import { Traffic } from './producer/traffic.ts';
import { type Runtime, startRuntime } from './runtime.ts';
import { StatusLine } from './status-line.ts';
import { onStopSignal } from './stop-signal.ts';
import { readWranglerConfig } from './wrangler-config.ts';

const usage = `npm start -- [options]
  --port N          where to listen; 8787, or the next free one
  --persist-to DIR  where to keep the data                       (.marquee)
  --rate N          events a second of the built-in producer; 0 for none (50)
  --seed N          another seed, other viewers and titles       (1)
  --no-data         leave the warehouse empty; else a first start loads a data set of 90 days
${scenarioUsage}

Scenarios:
${listScenarios()}`;

const senders = 3;
/** Charts begin with this much of a past: within the allowed lateness of ten minutes, with time to send it. */
const backFillMinutes = 9;

const { values } = parseArgs({
  options: {
    port: { type: 'string' },
    'persist-to': { type: 'string', default: '.marquee' },
    rate: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    'no-data': { type: 'boolean', default: false },
    ...scenarioOptions,
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const [wantedPort, rate, seed] = [values.port ?? '8787', values.rate, values.seed].map(Number) as [
  number,
  number,
  number,
];
if (values.help || !(wantedPort > 0 && wantedPort < 65_536 && rate >= 0 && seed >= 0)) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
// Wrong words are told now, not once all is up; the times are counted from then on.
const scenariosFrom = (nowMs: number) => {
  const chosen = chooseScenarios(values, seed, nowMs);
  if (chosen.ok) return chosen.scenarios;
  console.error(chosen.message);
  return process.exit(2);
};
scenariosFrom(Date.now());
const stop = onStopSignal();

async function choosePort(): Promise<number> {
  if (await isPortFree(wantedPort)) return wantedPort;
  if (values.port !== undefined) {
    console.error(
      `Port ${wantedPort} of this machine is taken. Choose another with --port, or leave it out.`,
    );
    return process.exit(1);
  }
  const port = await nextFreePort(wantedPort + 1);
  console.log(`Port ${wantedPort} is taken, so Marquee takes ${port}.`);
  return port;
}

async function start(port: number, logPath: string): Promise<Runtime> {
  const log = createWriteStream(logPath);
  const startedAt = performance.now();
  console.log('Building the site, preparing the database, starting the runtime ...');
  const runtime = await startRuntime({
    port,
    persistTo: values['persist-to'],
    ownGroup: false,
    log: (text) => log.write(text),
  });
  console.log(`Ready after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);
  return runtime;
}

function welcome(url: string, credentials: Credentials): string {
  const event = '{"event_type":"view","content_id":"film-0001","region":"EU-London","user_id":"me"}';
  return `
  Marquee is running:   ${url}

  Sign in as
    admin     ${signInLink(url, credentials.admin_token)}
    analyst   ${signInLink(url, credentials.analyst_token)}
    viewer    ${signInLink(url, credentials.viewer_token)}

  Send an event of your own:
    curl ${url}/v1/events -H 'content-type: application/json' \\
      -H 'authorization: Bearer ${credentials.ingest_key}' \\
      -d '${event}'

  The credentials are in ${credentialsPath(values['persist-to'])}, for this run's data alone.
  Data and log are in ${values['persist-to']}. Ctrl-C ends it; the data stays.
`;
}

/** The local runtime fires no crons: this does, by the addresses that it has for them. */
async function fireCrons(url: string): Promise<void> {
  const { crons = [] } = readWranglerConfig().triggers;
  while (crons.length > 0 && !stop.aborted) {
    const untilNextMinute = windowMs - (Date.now() % windowMs);
    await sleep(untilNextMinute, undefined, { signal: stop }).catch(() => {});
    if (stop.aborted) return;
    for (const cron of crons.filter((expression: string) => cronFires(expression, new Date()))) {
      const address = `${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent(cron).replaceAll('%20', '+')}`;
      await fetch(address).catch((error: unknown) => console.error(`\nCron ${cron}: ${String(error)}`));
    }
  }
}

async function sendTraffic(url: string, key: string, line: StatusLine): Promise<void> {
  // A whole minute: a piece of one would hold a piece of its downloads, and with it another share of failures.
  const from = Math.ceil((Date.now() - backFillMinutes * 60_000) / windowMs) * windowMs;
  const scenarios = scenariosFrom(Date.now());
  for (const { name, story } of scenarios) console.log(`  ${name}: ${story}.`);
  const sender = new Sender({ url, connections: senders, key, stop });
  const progress = new Progress();
  let state = 'sending the last minutes';
  const timer = setInterval(() => line.tell('traffic', `${state}: ${progress.line(sender.resends)}`), 1_000);
  await produce({
    traffic: new Traffic({ seed, rate, scenarios }, from),
    sender,
    progress,
    senders,
    stop,
    batch: 50,
    onCaughtUp: () => {
      state = 'live';
    },
  });
  clearInterval(timer);
  await sender.close();
}

const port = await choosePort();
mkdirSync(values['persist-to'], { recursive: true });
const logPath = join(values['persist-to'], 'wrangler.log');
const runtime = await start(port, logPath).catch((error: unknown) => {
  if (!stop.aborted) console.error(error instanceof Error ? error.message : error);
  return process.exit(stop.aborted ? 0 : 1);
});
console.log(welcome(runtime.url, runtime.credentials));
const line = new StatusLine(10_000);
const traffic = rate > 0 ? sendTraffic(runtime.url, runtime.credentials.ingest_key, line) : Promise.resolve();
const loaded = values['no-data']
  ? Promise.resolve()
  : loadFirstData({
      url: runtime.url,
      token: runtime.credentials.admin_token,
      persistTo: values['persist-to'],
      seed,
      stop,
      line,
    });
const crons = fireCrons(runtime.url);
const stopped = new Promise<void>((resolve) => {
  if (stop.aborted) resolve();
  else stop.addEventListener('abort', () => resolve());
});
await Promise.race([stopped, runtime.ended]);
line.end();
if (stop.aborted) {
  console.log('\nStopping ...');
  await Promise.race([Promise.all([traffic, crons, loaded]), sleep(2_000)]);
  await runtime.stop();
  process.exit(0);
}
await runtime.stop();
console.error(
  `\nThe runtime ended by itself. The end of ${logPath}:\n${runtime.recentOutput().slice(-2_000)}`,
);
process.exit(1);
