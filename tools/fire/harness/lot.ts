// One lot of a section: a folder of its own, traffic, what is done to it meanwhile, and what must hold in the end.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { prepareFolder } from '../../prepare.ts';
import type { Disorder } from '../protocol.ts';
import { type Checked, check } from './check.ts';
import { Oracle } from './oracle.ts';
import { Producers, type Traffic, usualTraffic } from './producers.ts';
import { aheadOf, compareD1, computeHours, drainQueue, hoursOf, readLive } from './settle.ts';
import { FireViewer } from './viewer.ts';
import { World } from './world.ts';

export interface LotOptions {
  readonly name: string;
  readonly seed: number;
  /** Of the whole run. */
  readonly work: string;
  readonly configPath: string;
  readonly hasStandIn?: boolean;
  readonly disorder?: Partial<Disorder>;
  readonly traffic?: Partial<Traffic>;
  readonly stops?: readonly string[];
  readonly vars?: Readonly<Record<string, string>>;
  /** Traffic of other regions too, of which the accounts say more than the oracle knows. */
  readonly hasOthers?: boolean;
  /** Looks at what is left, behind everything else, while it runs; faults in words. */
  readonly also?: (lot: Lot) => Promise<readonly string[]>;
  /** Before the first start, while nothing has the folder open. */
  readonly prepare?: (folder: string) => Promise<unknown>;
  readonly say: (text: string) => void;
}

export interface Lot {
  readonly options: LotOptions;
  readonly world: World;
  readonly oracle: Oracle;
  readonly producers: Producers;
  readonly viewer: FireViewer;
}

export interface LotResult extends Checked {
  readonly requests: Oracle['requests'];
  readonly deliveries: number;
  readonly messages: number;
  readonly lostAcks: number;
  readonly deadLettered: number;
  readonly drainMs: number;
  readonly viewer: {
    readonly connections: number;
    readonly frames: number;
    readonly resyncs: number;
    readonly stepsBack: number;
  };
}

/** Of a section that sends nothing. */
export const withoutTraffic: LotResult = {
  events: 0,
  acknowledged: 0,
  counted: 0,
  unknownCounted: 0,
  refusedCounted: 0,
  late: 0,
  lost: 0,
  doubled: 0,
  faults: [],
  requests: { ok: 0, fail: 0, unknown: 0 },
  deliveries: 0,
  messages: 0,
  lostAcks: 0,
  deadLettered: 0,
  drainMs: 0,
  viewer: { connections: 0, frames: 0, resyncs: 0, stepsBack: 0 },
};

/** The disorder of all sections but the one that is about it. */
const usualDisorder: Partial<Disorder> = { twice: 0.1, tenfold: 0.01, delayMsMax: 500, lostAcks: 0.05 };

/** Runs `act` under traffic, lets everything settle, and checks it. The folder goes when it holds. */
export async function runLot<T>(
  options: LotOptions,
  act: (lot: Lot) => Promise<T>,
): Promise<{ readonly result: LotResult; readonly of: T }> {
  const { name, seed, work, configPath } = options;
  const folder = join(work, 'lots', name);
  rmSync(folder, { recursive: true, force: true });
  const disorder = { ...usualDisorder, seed, ...options.disorder };
  const { vars = {} } = options;
  const world = new World({ folder, configPath, disorder, vars });
  const oracle = new Oracle(join(folder, 'oracle.ndjson'));
  const startedMs = Date.now();
  if (options.prepare) {
    await prepareFolder(folder, configPath);
    await options.prepare(folder);
  }
  await world.start({ stops: options.stops ?? [] });
  const viewer = new FireViewer(world);
  const producers = new Producers(world, oracle, { ...usualTraffic, seed, ...options.traffic });
  const lot: Lot = { options, world, oracle, producers, viewer };
  try {
    const of = await act(lot);
    await producers.stop();
    const result = await settle(lot, startedMs);
    for (const fault of result.faults) options.say(`  FAULT ${fault}`);
    if (result.faults.length === 0) rmSync(folder, { recursive: true, force: true });
    else options.say(`  what it left: ${folder}`);
    return { result, of };
  } finally {
    await producers.stop();
    viewer.close();
    await world.stop();
    rmSync(join(folder, 'output.log'), { force: true });
  }
}

async function settle(lot: Lot, startedMs: number): Promise<LotResult> {
  const { options, world, oracle, viewer } = lot;
  const { say, hasStandIn = true, hasOthers = false, also } = options;
  await world.lift();
  const drainMs = hasStandIn ? await drainQueue(world, 600_000) : 0;
  say(`  drained in ${Math.round(drainMs)} ms; ${oracle.events.length} events were sent`);
  const queue = hasStandIn ? await world.queue() : null;
  viewer.forget();
  const live = await readLive(world, viewer, startedMs - (options.traffic?.spreadMs ?? 0));
  viewer.close();
  await world.kill();
  const aheadMs = aheadOf(oracle);
  await world.start({ aheadMs });
  const d1 = await compareD1(world, live);
  const runs = await computeHours(world, hoursOf(oracle));
  const checked = await check(world, oracle, live, { hasStandIn, hasOthers });
  const others = (await also?.(lot)) ?? [];
  const { connections, frames, resyncs, stepsBack } = viewer;
  return {
    ...checked,
    faults: [
      ...d1,
      ...runs,
      ...checked.faults,
      ...others,
      ...stepsBack.slice(0, 5).map((step) => `stepped back: ${step}`),
    ],
    requests: oracle.requests,
    deliveries: queue?.deliveries ?? 0,
    messages: queue?.messages ?? 0,
    lostAcks: queue?.lostAcks ?? 0,
    deadLettered: queue?.dead ?? 0,
    drainMs,
    viewer: { connections, frames, resyncs, stepsBack: stepsBack.length },
  };
}
