/** A Marquee that is killed again and again over one data folder, and what must hold of its lake in the end. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type Runtime, startRuntime } from '../../tools/runtime.ts';
import {
  allRuns,
  askData,
  askLake,
  beginRuns,
  fireCron,
  type Run,
  untilLogged,
  watchCron,
} from './lake-client.ts';
import { hourMs } from './past-traffic.ts';
import { makeEvent, pick, type SentEvent, seededRandom } from './traffic.ts';

/** Longer than a run may stand still before the watchdog takes it for dead. */
const stalledMs = 7 * 60_000;

interface Replayed {
  readonly id: string;
  readonly state: string;
}

interface Sent {
  readonly body: string;
  readonly numbers: readonly number[];
}

export class KillWorld {
  readonly folder = mkdtempSync(join(tmpdir(), 'marquee-kill-'));
  readonly hours: readonly number[];
  readonly regions: readonly string[];
  readonly #random: () => number;
  /** Every event by its number, which it bears as its duration in ms. */
  readonly #events: SentEvent[] = [];
  /** What was answered 202 since everything was known to be logged; and how often each number was sent at all. */
  #unsettled: Sent[] = [];
  readonly #posted = new Map<number, number>();
  readonly #ok = new Set<number>();
  #runtime: Runtime | null = null;
  #output = '';
  #watches = 0;
  kills = 0;
  /** Failpoints that something stood at when it was killed. */
  readonly killedAt = new Set<string>();

  constructor(seed: number, hours: readonly number[], regions: readonly string[]) {
    this.hours = hours;
    this.regions = regions;
    this.#random = seededRandom(seed);
  }

  get runtime(): Runtime {
    if (!this.#runtime) throw new Error('it does not run');
    return this.#runtime;
  }

  async start(vars: Readonly<Record<string, string>> = {}): Promise<void> {
    const log = (text: string) => {
      this.#output += text;
    };
    this.#runtime = await startRuntime({ persistTo: this.folder, vars, log });
  }

  async stop(): Promise<void> {
    await this.#runtime?.stop();
    this.#runtime = null;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The process that runs the Worker, or all at once, as when the machine fails. */
  async kill(whole = false, vars: Readonly<Record<string, string>> = {}): Promise<void> {
    this.kills++;
    for (const point of this.#reached()) this.killedAt.add(point);
    if (whole) {
      await this.runtime.killGroup();
      await this.start(vars);
    } else {
      this.runtime.killRuntime();
      await this.runtime.ready();
    }
  }

  /** Whether a run stands at a failpoint at which nothing was killed yet. */
  async untilStopped(withinMs: number): Promise<string | null> {
    for (const endMs = Date.now() + withinMs; Date.now() < endMs; await sleep(50)) {
      const point = this.#reached().find((at) => !this.killedAt.has(at));
      if (point !== undefined) return point;
    }
    return null;
  }

  #reached(): string[] {
    return [...this.#output.matchAll(/"event":"failpoint"[^\n]*?"point":"([^"]+)"/g)].map(
      ([, at]) => at ?? '',
    );
  }

  /** A request of new events and twins of earlier ones, sent once: answered or not. */
  async send(count: number): Promise<void> {
    const first = this.#events.length;
    const numbers = Array.from({ length: count }, (_, n) => first + n);
    for (const number of numbers) {
      const timeMs = pick(this.#random, this.hours) * hourMs + Math.floor(this.#random() * hourMs);
      const event = makeEvent(this.#random, `k-${number}`, timeMs, this.regions);
      this.#events.push({ ...event, duration: number / 1000 });
    }
    const twins = numbers.flatMap(() =>
      this.#random() < 0.2 ? [Math.floor(this.#random() * (first + count))] : [],
    );
    // Twins of one request count once at the door.
    const all = [...new Set([...numbers, ...twins])];
    await this.#post({ body: JSON.stringify(all.map((number) => this.#events[number])), numbers: all });
  }

  async #post(sent: Sent): Promise<void> {
    for (const number of sent.numbers) this.#posted.set(number, (this.#posted.get(number) ?? 0) + 1);
    const { url, credentials } = this.runtime;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${credentials.ingest_key}` };
    const response = await fetch(`${url}/v1/events`, { method: 'POST', headers, body: sent.body }).catch(
      () => null,
    );
    // An answer that breaks off says nothing: the kill came between its head and its body.
    const answer =
      response?.status === 202
        ? ((await response.json().catch(() => null)) as { accepted: number } | null)
        : null;
    if (!answer) return;
    expect(answer.accepted).toBe(sent.numbers.length);
    this.#unsettled.push(sent);
    for (const number of sent.numbers) this.#ok.add(number);
  }

  /** Once all that was answered is logged. After a kill it is sent again, because the emulated queue forgets. */
  async settle(lost: boolean): Promise<void> {
    const again = this.#unsettled;
    if (lost) {
      const before = await untilLogged(this.runtime, 0);
      this.#unsettled = [];
      for (const sent of again) await this.#post(sent);
      await untilLogged(this.runtime, before + again.reduce((sum, { numbers }) => sum + numbers.length, 0));
    } else await untilLogged(this.runtime, [...this.#ok].length);
    this.#unsettled = [];
  }

  /** Asks for runs; those that stand still are found by the watchdog, some minutes later by its clock. */
  async press(others: readonly string[] = []): Promise<void> {
    const regions = [...this.regions, ...others];
    for (const hour of this.hours) await beginRuns(this.runtime, [hour], regions).catch(() => []);
    await this.watch().catch(() => undefined);
  }

  /** Lets the watchdog look, each time some minutes later by its clock. */
  async watch(): Promise<void> {
    await fireCron(this.runtime, watchCron, Date.now() + ++this.#watches * stalledMs);
  }

  /** Begins a replay, and kills wherever it stands at a failpoint, until it is over. */
  async replay(
    hour: number,
    regions: readonly string[],
    vars: Readonly<Record<string, string>>,
  ): Promise<Replayed> {
    const [from, to] = [hour, hour + 1].map((at) => new Date(at * hourMs).toISOString());
    const body = JSON.stringify({ from, to, regions });
    let report = await askData<Replayed>(this.runtime, '/api/admin/replay', { method: 'POST', body });
    for (let tries = 0; report.state === 'running'; tries++) {
      if (tries === 20) throw new Error(`the replay goes on: ${JSON.stringify(report)}`);
      if (await this.untilStopped(2_000)) await this.kill(tries % 2 === 1, vars);
      await this.watch();
      report = await askData<Replayed>(this.runtime, `/api/admin/replays/${report.id}`);
    }
    return report;
  }

  /** Until nothing stands, and every hour is computed anew. Throws where a run fails. */
  async converge(): Promise<Run[]> {
    const standing = async () =>
      (await allRuns(this.runtime)).filter(({ state }) => /waiting|running/.test(state));
    for (let tries = 0; (await standing()).length > 0; tries++) {
      if (tries === 60) throw new Error(`runs stand: ${JSON.stringify(await standing())}`);
      if (tries % 5 === 0) await this.watch();
      await sleep(500);
    }
    const runs = await allRuns(this.runtime);
    for (const run of runs) expect(run).toMatchObject({ state: 'done', error: null });
    return runs;
  }

  /** Every event that was logged in one part, every one that was accepted among them, and all counted once. */
  async expectWhole(): Promise<void> {
    const rows = await askLake<{ number: number; logged: number; doors: number }>(
      this.folder,
      `SELECT duration_ms AS number, count(*)::INTEGER AS logged,
         count(DISTINCT (region, door, door_number))::INTEGER AS doors FROM events
       WHERE region IN (${this.regions.map((region) => `'${region}'`).join()}) GROUP BY 1`,
    );
    const found = new Set(rows.map(({ number }) => number));
    expect([...this.#ok].filter((number) => !found.has(number))).toEqual([]);
    expect([...found].filter((number) => !this.#posted.has(number))).toEqual([]);
    for (const { number, logged, doors } of rows) {
      expect(logged, `event ${number} in two parts`).toBe(doors);
      expect(logged).toBeLessThanOrEqual(this.#posted.get(number) ?? 0);
    }
    const events = [...found].map((number) => this.#events[number] as SentEvent);
    for (const hour of this.hours) {
      const inHour = events.filter(({ timestamp }) => Math.floor(Date.parse(timestamp) / hourMs) === hour);
      const expected = Map.groupBy(inHour, ({ region }) => region);
      expect(await this.served(hour)).toMatchObject(
        Object.fromEntries([...expected].map(([region, of]) => [region, [of.length, secondsOf(of)]])),
      );
    }
  }

  /** By region with events: how many, and seconds watched. */
  async served(hour: number): Promise<Readonly<Record<string, readonly number[]>>> {
    const [from = '', to = ''] = [hour, hour + 1].map((at) => new Date(at * hourMs).toISOString());
    const rows = await askData<{ region: string; total_events: number; watched_seconds: number }[]>(
      this.runtime,
      `/api/stats/regions?${new URLSearchParams({ from, to })}`,
    );
    const counted = rows.filter(({ total_events }) => total_events > 0);
    return Object.fromEntries(
      counted.map(({ region, total_events, watched_seconds }) => [region, [total_events, watched_seconds]]),
    );
  }
}

/** Whole milliseconds are added, as the product does. */
const secondsOf = (events: readonly SentEvent[]): number =>
  events.reduce((sum, { duration = 0 }) => sum + Math.round(duration * 1000), 0) / 1000;
