// Everything that happens on the service between two moments: a pure function of the options and the time, so that a
// test can compute again what was sent, and a producer that was away can go on as if it had not been.
import { windowMs } from '../../core/protocol/limits.ts';
import { anyTitle, buildCatalogue, type Catalogue, type TitleChoice } from './catalogue.ts';
import { arrivalsOf, type DayShape } from './day.ts';
import { type DownloadSource, downloadsOf } from './downloads.ts';
import type { ProducedEvent } from './event.ts';
import { Random } from './random.ts';
import { type TrafficRegion, trafficRegions } from './regions.ts';
import type { Scenario } from './scenario.ts';
import { session, sessionMsMax } from './session.ts';
import { buildUsers, type User } from './users.ts';

export interface TrafficOptions {
  readonly seed: number;
  /** Events a second, of all regions, as the mean over a day. */
  readonly rate: number;
  /** How much of a day's rise and fall there is; 0 keeps the rate at all hours. */
  readonly swing?: number;
  readonly regions?: readonly TrafficRegion[];
  /** In this order each changes what the ones before it have left. */
  readonly scenarios?: readonly Scenario[];
}

/** The part of all events that are downloads. */
const downloadShare = 0.2;
const sampledSessions = 1_000;

interface RegionSource {
  readonly name: string;
  readonly users: readonly User[];
  readonly sessions: DayShape;
  readonly downloads: DownloadSource;
}

interface Pending {
  readonly event: ProducedEvent;
  /** The rest of the session; absent for a download. */
  readonly rest?: Iterator<ProducedEvent, void, undefined>;
}

/** Traffic from `fromMs` on, to be taken in pieces. Pieces put together are the same whatever their borders are. */
export class Traffic {
  readonly scenarios: readonly Scenario[];
  readonly #seed: string;
  readonly #catalogue: Catalogue;
  readonly #regions: readonly RegionSource[];
  readonly #choose: TitleChoice;
  readonly #fromMs: number;
  /** What comes in each second that is begun or ahead. */
  readonly #calendar = new Map<number, Pending[]>();
  /** Events of the second in which the last piece ended. */
  #begun: ProducedEvent[] = [];
  #nextSecond: number;
  #takenTo: number;

  constructor(options: TrafficOptions, fromMs: number) {
    // The rate is part of the seed: at another rate the same numbers belong to other moments, and ids must differ.
    this.#seed = `${options.seed}/${options.rate}/${options.swing ?? defaultSwing}`;
    this.scenarios = options.scenarios ?? [];
    this.#catalogue = buildCatalogue(options.seed);
    this.#choose = titleChoice(this.scenarios);
    this.#regions = buildSources(options, this.#seed, this.#catalogue, this.#choose);
    this.#fromMs = fromMs;
    this.#takenTo = fromMs;
    this.#nextSecond = Math.floor((fromMs - sessionMsMax) / windowMs) * (windowMs / 1000);
    this.#advance(Math.floor(fromMs / 1000) - 1);
  }

  /** Events from where the last piece ended up to, not including, `toMs`, in order of time. */
  take(toMs: number): ProducedEvent[] {
    this.#advance(Math.ceil(toMs / 1000) - 1);
    const at = this.#begun.findIndex(({ timestamp }) => timestamp >= toMs);
    const taken = at < 0 ? this.#begun : this.#begun.slice(0, at);
    this.#begun = at < 0 ? [] : this.#begun.slice(at);
    this.#takenTo = Math.max(this.#takenTo, toMs);
    return taken;
  }

  /** Up to where events have been taken. */
  get takenTo(): number {
    return this.#takenTo;
  }

  /** Plays all seconds up to and including `lastSecond`. */
  #advance(lastSecond: number): void {
    for (; this.#nextSecond <= lastSecond; this.#nextSecond++) this.#play(this.#nextSecond);
  }

  #play(second: number): void {
    const isMinute = second % (windowMs / 1000) === 0;
    for (const region of this.#regions) {
      for (const { number, atMs } of arrivalsOf(second, region.sessions))
        this.#schedule(startSession(this.#seed, this.#catalogue, this.#choose, region, number, atMs));
      if (!isMinute) continue;
      for (const event of downloadsOf(second / (windowMs / 1000), region.downloads)) this.#put({ event });
    }
    const due = this.#calendar.get(second) ?? [];
    // Grows while it is walked: a session may report twice within a second.
    for (const { rest } of due) if (rest) this.#schedule(rest);
    this.#calendar.delete(second);
    const events = due.map(({ event }) => event).filter(({ timestamp }) => timestamp >= this.#fromMs);
    events.sort((a, b) => a.timestamp - b.timestamp || (a.event_id < b.event_id ? -1 : 1));
    this.#begun.push(...events.flatMap((event) => this.#happen(event) ?? []));
  }

  #happen(event: ProducedEvent): ProducedEvent | null {
    let happening: ProducedEvent | null = event;
    for (const scenario of this.scenarios)
      if (happening && scenario.happen) happening = scenario.happen(happening);
    return happening;
  }

  #schedule(rest: Iterator<ProducedEvent, void, undefined>): void {
    const { value: event } = rest.next();
    if (event) this.#put({ event, rest });
  }

  #put(pending: Pending): void {
    const second = Math.floor(pending.event.timestamp / 1000);
    const others = this.#calendar.get(second);
    if (others) others.push(pending);
    else this.#calendar.set(second, [pending]);
  }
}

const defaultSwing = 0.5;

function titleChoice(scenarios: readonly Scenario[]): TitleChoice {
  return (title, atMs, key) =>
    scenarios.reduce((chosen, scenario) => scenario.chooseTitle?.(chosen, atMs, key) ?? chosen, title);
}

function buildSources(
  options: TrafficOptions,
  seed: string,
  catalogue: Catalogue,
  choose: TitleChoice,
): RegionSource[] {
  const { rate, swing = defaultSwing, regions = trafficRegions } = options;
  const users = buildUsers(options.seed, regions);
  const weights = regions.reduce((total, { weight }) => total + weight, 0);
  const eventsPerSession = meanSession(catalogue, users.values().next().value ?? []);
  return regions.map(({ name, weight, utcOffsetHours }) => {
    const shape = (perSecond: number) => ({ perSecond, swing, utcOffsetHours });
    const eventsPerSecond = (rate * weight) / weights;
    const usersHere = users.get(name) ?? [];
    const downloads = shape(eventsPerSecond * downloadShare);
    return {
      name,
      users: usersHere,
      sessions: shape((eventsPerSecond * (1 - downloadShare)) / eventsPerSession),
      downloads: { seed, region: name, users: usersHere, catalogue, choose, shape: downloads },
    };
  });
}

function startSession(
  seed: string,
  catalogue: Catalogue,
  choose: TitleChoice,
  region: Pick<RegionSource, 'name' | 'users'>,
  number: number,
  atMs: number,
) {
  const random = new Random(seed, 'session', region.name, number);
  return session({ atMs, region: region.name, catalogue, choose, random, user: random.pick(region.users) });
}

/** Events of a session on average, by playing some: the shape of a session is nowhere else written as a number. */
function meanSession(catalogue: Catalogue, users: readonly User[]): number {
  let events = 0;
  for (let n = 0; n < sampledSessions; n++) {
    for (const _ of startSession('sample', catalogue, anyTitle, { name: 'sample', users }, n, 0)) events++;
  }
  return events / sampledSessions;
}
