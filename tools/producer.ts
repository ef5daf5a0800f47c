// `npm run producer`: realistic, reproducible traffic over HTTP against any Marquee.
import { parseArgs } from 'node:util';
import { produce } from './producer/produce.ts';
import { Progress, showLines } from './producer/progress.ts';
import { trafficRegions } from './producer/regions.ts';
import { Sender } from './producer/sender.ts';
import { Traffic } from './producer/traffic.ts';
import { onStopSignal } from './stop-signal.ts';

const usage = `npm run producer -- [options]
  --url URL         the service                              (http://127.0.0.1:8787)
  --rate N          events a second, as the mean over a day  (200)
  --flat            the same rate at all hours of the day
  --seed N          another seed, other viewers and titles   (1)
  --senders N       requests under way at a time             (4)
  --batch N         events of a request at most              (50)
  --seconds N       stop after so long                       (never)
  --back-fill N     begin so many minutes in the past        (0)
  --without REGION  leave this region out                    (none)
  --key KEY         ingest key, where the door has a lock`;

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:8787' },
    rate: { type: 'string', default: '200' },
    flat: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    senders: { type: 'string', default: '4' },
    batch: { type: 'string', default: '50' },
    seconds: { type: 'string', default: 'Infinity' },
    'back-fill': { type: 'string', default: '0' },
    without: { type: 'string' },
    key: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

function positive(
  name: 'rate' | 'seed' | 'senders' | 'batch' | 'seconds' | 'back-fill',
  least: number,
): number {
  const value = Number(values[name]);
  if (value >= least) return value;
  console.error(`--${name} is a number from ${least} on, not "${values[name]}".\n\n${usage}`);
  return process.exit(2);
}

const senders = Math.floor(positive('senders', 1));
const stop = onStopSignal();
const startedAt = Date.now();
const traffic = new Traffic(
  {
    seed: positive('seed', 0),
    rate: positive('rate', 0.1),
    regions: trafficRegions.filter(({ name }) => name !== values.without),
    ...(values.flat ? { swing: 0 } : {}),
  },
  startedAt - positive('back-fill', 0) * 60_000,
);
const sender = new Sender({ url: values.url, connections: senders, key: values.key, stop });
const progress = new Progress();
const lines = showLines(5_000);
const timer = setInterval(() => lines.show(progress.line(sender.resends)), 1_000);
await produce({
  traffic,
  sender,
  progress,
  senders,
  stop,
  batch: Math.floor(positive('batch', 1)),
  untilMs: startedAt + positive('seconds', 0) * 1000,
});
clearInterval(timer);
await sender.close();
lines.end();
console.log(progress.line(sender.resends).replace(/^.*?· /, 'In all: '));
if (progress.refused > 0) console.error(`The service refused: ${progress.lastRefusal}`);
if (sender.lastTrouble) console.error(`The last reason to send again: ${sender.lastTrouble}`);
process.exitCode = progress.refused > 0 ? 1 : 0;
