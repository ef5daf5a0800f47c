// Where the load of ten billion events a day goes: the busiest minute of the hottest region, session by session, to the
// shards that IDN-2 names, with a premiere that two viewers of five watch and sessions that never stop sending.
import { peakFactor, shardEventsPerSecond } from '../../core/cost/assumed-work.ts';
import { Identifier, noHash, shardOf } from '../../core/protocol/identity.ts';
import { dimensionKeysMax } from '../../core/protocol/limits.ts';
import { sipKey } from '../../core/protocol/siphash.ts';
import type { Bench, Report } from '../bench-report.ts';
import { Random, Weighted } from '../producer/random.ts';

const eventsPerDay = 10e9;
const regions = 12;
const titles = 20_000;
const premiereShare = 0.4;
/** Of a viewer: a heartbeat every ten seconds. */
const eventsPerMinute = 6;
/** Sessions gone mad, and what each sends in a second. */
const mad = { sessions: 20, eventsPerSecond: 20 };
/** Shards are planned so full that an uneven day fits. */
const fill = 0.8;

const zipf = (count: number): number[] => {
  const weights = Array.from({ length: count }, (_, n) => 1 / (n + 1));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
};

interface Watched {
  /** Events of the minute. */
  readonly events: number;
  readonly premiere: number;
  /** Distinct titles, and the events of those beyond the keys that a window holds. */
  readonly titles: number;
  readonly folded: number;
}

class Shard {
  #premiere = 0;
  readonly #byTitle = new Map<number, number>();

  count(title: number, events: number): void {
    if (title === 0) this.#premiere += events;
    this.#byTitle.set(title, (this.#byTitle.get(title) ?? 0) + events);
  }

  watched(): Watched {
    const counts = [...this.#byTitle.values()];
    const sum = (of: readonly number[]) => of.reduce((a, b) => a + b, 0);
    // The first seen are the ones that a window keeps (WIN-6): Map keeps that order.
    const folded = sum(counts.slice(dimensionKeysMax));
    return { events: sum(counts), premiere: this.#premiere, titles: counts.length, folded };
  }
}

/** A minute of a region, by shard. */
function minuteOf(seed: number, eventsPerSecond: number, shards: number): Watched[] {
  const random = new Random('hot spots', seed);
  const key = sipKey(new Uint8Array(16).fill(7));
  const identifier = new Identifier({ identity: key, pseudonym: key, pseudonymVersion: 1 });
  const others = zipf(titles - 1).map((share, n) => [n + 1, share * (1 - premiereShare)] as const);
  const title = new Weighted<number>([[0, premiereShare], ...others]);
  const held = Array.from({ length: shards }, () => new Shard());
  const sent = (session: string, events: number): void => {
    const shard = shardOf(identifier.session('player', session), noHash, shards);
    (held[shard] as Shard).count(title.pick(random), events);
  };
  const sessions = Math.round((eventsPerSecond * 60) / eventsPerMinute);
  for (let n = 0; n < sessions; n++) sent(`${seed}-${n}`, eventsPerMinute);
  for (let n = 0; n < mad.sessions; n++) sent(`mad-${seed}-${n}`, mad.eventsPerSecond * 60);
  return held.map((shard) => shard.watched());
}

interface Measured {
  readonly row: Report['rows'][number];
  /** Of what a shard takes with every identity kept. */
  readonly fullest: number;
  readonly shards: number;
}

function measure(region: number, share: number): Measured {
  const eventsPerSecond = (eventsPerDay / 86_400) * peakFactor * share;
  const shards = Math.max(1, Math.ceil(eventsPerSecond / (shardEventsPerSecond * fill)));
  const watched = minuteOf(region, eventsPerSecond, shards);
  const most = (of: (shard: Watched) => number) => Math.max(...watched.map(of));
  const all = watched.reduce((sum, { events }) => sum + events, 0);
  const folded = watched.reduce((sum, shard) => sum + shard.folded, 0);
  const fullest = most(({ events }) => events) / 60 / shardEventsPerSecond;
  const percent = (value: number) => Math.round(value * 100);
  return {
    fullest,
    shards,
    row: {
      region,
      'events/s': Math.round(all / 60),
      shards,
      'one shard, % of its cap': percent(all / 60 / shardEventsPerSecond),
      'fullest, % of its cap': percent(fullest),
      'fullest to mean': Math.round((most(({ events }) => events) / (all / shards)) * 100) / 100,
      'by title: premiere, % of a cap': percent((premiereShare * all) / 60 / shardEventsPerSecond),
      'titles a window': most(({ titles: held }) => held),
      'folded events, %': percent(folded / all),
    },
  };
}

/** What a region of so many shards takes before its fullest is full, in what one shard takes. */
function capacityOf(shards: number): number {
  const watched = minuteOf(shards, shardEventsPerSecond * fill * shards, shards);
  const counts = watched.map(({ events }) => events);
  return Math.round((counts.reduce((a, b) => a + b, 0) / Math.max(...counts)) * 100) / 100;
}

const bench: Bench = {
  name: 'hot-spots',
  describe:
    'Simulated, not timed: the busiest minute of ten billion events a day, session by session, laid onto the shards of its regions.',
  notes: [
    'A shard is full where its identities are (WIN-8): 2,000,000 within 665 s. Beyond it lateness ends early, and the batch layer stays exact.',
    'By title the premiere alone would be one shard, which no number of shards helps; by session it spreads as everything else.',
    'Titles beyond the keys of a window fold into others in what is live; the batch layer reads the lake, which has each.',
  ],
  run: () => {
    const capacities = [1, 2, 4, 8, 16, 32].map((shards) => ({ shards, capacity: capacityOf(shards) }));
    const ofFour = capacities.find(({ shards }) => shards === 4)?.capacity ?? Number.NaN;
    const measured = zipf(regions).map((share, n) => measure(n + 1, share));
    return Promise.resolve({
      settings: {
        traffic: `${eventsPerDay / 1e9} billion events a day, ${peakFactor} times the mean, ${regions} regions by Zipf`,
        titles: `${titles} by Zipf behind a premiere of ${premiereShare * 100} %`,
        sessions: `${eventsPerMinute} events a minute; ${mad.sessions} a region send ${mad.eventsPerSecond} a second`,
        'capacity of a region, in what one shard takes': capacities
          .map(({ shards, capacity }) => `${shards} shards ${capacity}`)
          .join(', '),
      },
      rows: measured.map(({ row }) => row),
      targets: [
        {
          what: 'the fullest shard of all, to its cap',
          measured: Math.round(Math.max(...measured.map(({ fullest }) => fullest)) * 100) / 100,
          atMost: 1,
        },
        { what: 'what a region of four shards takes, to one shard', measured: ofFour, atLeast: 3.8 },
      ],
    });
  },
};

export default bench;
