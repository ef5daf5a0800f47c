// `npm run producer`: realistic, reproducible traffic over HTTP against any Marquee. docs/producer.md tells of it.
import { dayBar, durationText } from './producer/day-bar.ts';
import { findKey } from './producer/find-key.ts';
import { produce } from './producer/produce.ts';
import { Progress, showLines } from './producer/progress.ts';
import { SendPlan } from './producer/send-plan.ts';
import { Sender } from './producer/sender.ts';
import { type ProducerSettings, readSettings } from './producer/settings.ts';
import { Traffic } from './producer/traffic.ts';
import { writeDay } from './producer/write-day.ts';
import { onStopSignal } from './stop-signal.ts';

const args = process.argv.slice(2);
const reading = readSettings(args, Date.now());
switch (reading.kind) {
  case 'show':
    console.log(reading.text);
    break;
  case 'wrong':
    console.error(`${reading.message}\n\nnpm run producer -- --help shows all options.`);
    process.exitCode = 2;
    break;
  case 'run':
    process.exitCode = (await run(reading.settings)) ? 0 : 1;
}

/** False if anything was refused. */
async function run(settings: ProducerSettings): Promise<boolean> {
  const { url, senders, batch, day, to } = settings;
  if (to !== null) return await write(settings, to);
  const key = findKey(settings, process.env.MARQUEE_KEY);
  if (key === undefined) {
    console.error(
      `There is no key for ${url}: give --key, or set MARQUEE_KEY. docs/operations.md says how keys are made.`,
    );
    return false;
  }
  const stop = onStopSignal();
  const plan = planOf(settings);
  const untilMs = day ? Math.min(plan.endMs, Date.now()) : settings.untilMs;
  const sender = new Sender({ url, connections: senders, key, stop });
  const progress = new Progress();
  for (const { name, story } of settings.scenarios) console.log(`${name}: ${story}.`);
  if (day) console.log(dayIntroduction(day.name));

  const startedAt = performance.now();
  progress.answeredToMs = plan.takenTo;
  const bar = { beganMs: plan.takenTo, endMs: untilMs };
  const lines = showLines(5_000);
  const timer = setInterval(() => {
    const line = progress.line(sender.resends);
    const elapsedMs = performance.now() - startedAt;
    lines.show(
      day ? `${dayBar(bar, settings.fromMs, progress.answeredToMs, elapsedMs)} · ${line.trim()}` : line,
    );
  }, 1_000);
  await produce({ traffic: plan, sender, progress, senders, batch, stop, untilMs });
  clearInterval(timer);
  await sender.close();
  lines.end();

  console.log(progress.line(sender.resends).replace(/^.*?· /, 'In all: '));
  console.log(`Sent: ${progress.sentText}.`);
  if (day) console.log(dayEnd(settings, progress, untilMs, performance.now() - startedAt));
  if (progress.refused > 0) console.error(`The service refused: ${progress.lastRefusal}`);
  if (sender.lastTrouble) console.error(`The last reason to send again: ${sender.lastTrouble}`);
  return progress.refused === 0;
}

async function write(settings: ProducerSettings, path: string): Promise<boolean> {
  const plan = planOf(settings);
  try {
    const { accepted, twin, late, rejected } = await writeDay(plan, path, Math.min(plan.endMs, Date.now()));
    console.log(
      `${path}: ${accepted} events that count, ${twin} twins, ${late} too late, ${rejected} bad, in order of sending.`,
    );
    return true;
  } catch (error) {
    console.error(`The day cannot be written: ${(error as Error).message}`);
    return false;
  }
}

function planOf({ seed, rate, flat, regions, scenarios, fromMs, untilMs, day }: ProducerSettings): SendPlan {
  const options = { seed, rate, regions, scenarios, ...(flat ? { swing: 0 } : {}) };
  if (!day) return new SendPlan(new Traffic(options, fromMs));
  const delayMsMax = scenarios.reduce((sum, scenario) => sum + (scenario.delayMsMax ?? 0), 0);
  // What is due from here on happened so much before, at the earliest.
  const traffic = new Traffic(options, Math.max(fromMs, day.dueFromMs - delayMsMax));
  return new SendPlan(traffic, { dueFromMs: day.dueFromMs, untilMs });
}

function dayIntroduction(name: string): string {
  return (
    `Sending ${name}. Events older than the allowed lateness of 10 minutes are taken and logged as late;\n` +
    'they are not in the live numbers, and no other numbers hold them until the batch layer exists.'
  );
}

function dayEnd({ day }: ProducerSettings, progress: Progress, untilMs: number, elapsedMs: number): string {
  if (progress.answeredToMs >= untilMs) return `The day ${day?.name} is sent, in ${durationText(elapsedMs)}.`;
  const from = new Date(progress.answeredToMs).toISOString();
  const others = args
    .filter((arg, n) => !/^--from(=|$)/.test(arg) && args[n - 1] !== '--from')
    // A key has no place in a log.
    .map((arg, n, all) => (all[n - 1] === '--key' ? 'KEY' : arg.replace(/^--key=.*/, '--key=KEY')));
  return `Stopped. To go on: npm run producer -- ${others.join(' ')} --from ${from}`;
}
