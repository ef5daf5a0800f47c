// The accounts over seeded histories: doors that send in gusts, a queue that delivers late, twice, out of order or not
// at all, chunks that cannot be read, sends that fail half-way, an object that dies. Every event is put to one account.
import { describe, expect, test } from 'vitest';
import { fateOf } from '../../core/account/hole-fate.ts';
import { accountOf, ShardAccount } from '../../core/account/shard-account.ts';
import { reportOf } from '../../core/account/shard-report.ts';
import {
  type DeadChunk,
  type Figures,
  noFigures,
  type StatementLine,
  statementOf,
  totalOf,
  whyNot,
} from '../../core/account/statement.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { decodeChunkHeader } from '../../core/protocol/chunk.ts';
import { holeOverdueMs, queueRetentionMs } from '../../core/protocol/limits.ts';
import { decodeLogRow } from '../../core/window/log-row.ts';
import { Door, type Numbers } from '../../workers/ingest/door.ts';
import { Shard, t0 } from '../core/window/shard-fixture.ts';
import { buildChunk, buildEvent } from '../support/build-chunk.ts';
import { Random } from './random.ts';

const address = { regionNumber: 1, shard: 0 };
const producers = ['tv', 'web'];

type Fate = 'delivered' | 'damaged' | 'lost' | 'on its way';

/** What truly became of the events of each producer, counted beside the product. */
class Truth {
  readonly #figures = new Map<string, Figures>();

  note(producer: string, figures: Partial<Figures>): void {
    const held = this.of(producer);
    for (const [name, value] of Object.entries(figures)) held[name as keyof Figures] += value;
  }

  of(producer: string): Figures {
    const held = this.#figures.get(producer) ?? noFigures();
    this.#figures.set(producer, held);
    return held;
  }
}

class World {
  readonly #random: Random;
  readonly shard = new Shard(t0);
  readonly truth = new Truth();
  readonly dead: DeadChunk[] = [];
  /** Accounts of rows that are sealed. */
  readonly sealed: string[] = [];
  nowMs = t0;
  /** Numbers that were void by the word of a lost message alone: nobody can tell them from what was lost. */
  voidsLost = 0;
  /** Numbers that never got through. */
  readonly #void = new Set<string>();
  #sealedThrough = -1;
  readonly #doors: Door[];
  readonly #queue: { readonly bytes: Uint8Array; readonly atMs: number; readonly damaged: boolean }[] = [];
  readonly #past: AcceptedEvent[] = [];
  #identity = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#doors = [0, 1, 2].map((n) => new Door(`${n}`.padStart(16, '0'), t0));
  }

  /** A door gives numbers to the events of a request, and sends them. The last of each door is never lost. */
  send(fate: Fate, door = this.#random.pick(this.#doors)): void {
    const random = this.#random;
    const producer = random.pick(producers);
    const events = Array.from({ length: random.between(1, 6) }, () => this.#event());
    const numbers = door.takeNumbers(address.regionNumber, address.shard, events.length);
    const twins = random.below(3);
    const bytes = this.#chunk(door, numbers, events, producer, twins);
    if (fate !== 'lost' && fate !== 'on its way' && random.chance(0.1)) {
      this.#failedSend(door, numbers, bytes, { events: events.length, producer, twins });
      return;
    }
    const told = fate === 'lost' || fate === 'on its way' ? 0 : twins;
    this.truth.note(producer, { accepted: events.length, twins: told });
    if (fate === 'lost') this.#loseVoids(door, numbers);
    if (fate === 'lost' || fate === 'on its way') return;
    if (fate === 'damaged') this.truth.note(producer, { dead_lettered: events.length });
    for (let times = random.between(1, 3); times > 0; times--) {
      const delayMs = random.chance(0.2) ? random.below(queueRetentionMs / 20) : random.below(20_000);
      this.#queue.push({ bytes, atMs: this.nowMs + delayMs, damaged: fate === 'damaged' });
    }
  }

  /** All numbers become void; some of the messages got through all the same, and so cancel their own void. */
  #failedSend(
    door: Door,
    numbers: Numbers,
    bytes: Uint8Array,
    { events, producer, twins }: { events: number; producer: string; twins: number },
  ): void {
    door.voidNumbers(numbers);
    if (!this.#random.chance(0.3)) {
      for (let n = 0; n < events; n++) this.#void.add(`${door.id}/${numbers.firstNumber + n}`);
      return;
    }
    this.truth.note(producer, { accepted: events, twins });
    this.#take([{ bytes, damaged: false }]);
  }

  #loseVoids(door: Door, { voids }: Numbers): void {
    for (const [from, to] of voids) {
      for (let n = from; n < to; n++) if (this.#void.has(`${door.id}/${n}`)) this.voidsLost++;
    }
  }

  #event(): AcceptedEvent {
    const random = this.#random;
    // Some are twins of others, and some are of long ago.
    const twin = random.chance(0.15) && this.#past.length > 0 ? random.pick(this.#past) : null;
    const timeMs = this.nowMs - (random.chance(0.1) ? random.below(3 * 3_600_000) : random.below(30_000));
    const event = twin ?? buildEvent({ identityHi: ++this.#identity, timeMs });
    this.#past.push(event);
    return event;
  }

  #chunk(door: Door, numbers: Numbers, events: readonly AcceptedEvent[], producer: string, twins: number) {
    const { firstNumber, voids } = numbers;
    const head = { door: door.id, doorBirthMs: door.birthMs, receivedAtMs: this.nowMs };
    return buildChunk(events, { ...head, firstNumber, voids, producer, twins });
  }

  /** What is due comes, in any order. */
  deliver(): void {
    const due = this.#queue.filter(({ atMs }) => atMs <= this.nowMs);
    for (const message of due) this.#queue.splice(this.#queue.indexOf(message), 1);
    due.sort(() => this.#random.between(-1, 1));
    while (due.length > 0) this.#take(due.splice(0, this.#random.between(1, 4)));
  }

  /** As the consumer does: what is refused becomes a dead letter. */
  #take(messages: readonly { readonly bytes: Uint8Array; readonly damaged: boolean }[]): void {
    const sent = messages.map(({ bytes, damaged }) => (damaged ? bytes.slice(0, bytes.length - 1) : bytes));
    for (const [i, verdict] of this.shard.receive(this.nowMs, ...sent).entries()) {
      if (verdict.verdict !== 'refused') continue;
      const header = decodeChunkHeader(sent[i] as Uint8Array);
      this.dead.push({ ...header, voids: header.voids.flat() });
    }
  }

  step(): void {
    const random = this.#random;
    this.nowMs += random.chance(0.05) ? random.below(600_000) : random.below(10_000);
    this.send(random.chance(0.05) ? 'damaged' : 'delivered');
    this.deliver();
    if (random.chance(0.1)) this.shard.alarm(this.nowMs);
    if (random.chance(0.05)) this.shard.crash(this.nowMs);
    if (random.chance(0.1)) this.seal();
  }

  /** The rows that came since are added up, as the sealer does. */
  seal(): void {
    const rows = this.shard.store.rows.filter(({ row }) => row > this.#sealedThrough);
    this.sealed.push(accountOf(rows.map(({ body }) => decodeLogRow(body))).encode());
    this.#sealedThrough = rows.at(-1)?.row ?? this.#sealedThrough;
  }

  /** All that the queue holds comes, and each door is heard once more. */
  settle(): void {
    for (const door of this.#doors) this.send('delivered', door);
    // One whose send failed is not heard by it.
    for (const door of this.#doors) this.#heard(door);
    this.nowMs += queueRetentionMs / 10;
    this.deliver();
  }

  #heard(door: Door): void {
    const numbers = door.takeNumbers(address.regionNumber, address.shard, 1);
    this.truth.note('tv', { accepted: 1 });
    this.#take([{ bytes: this.#chunk(door, numbers, [this.#event()], 'tv', 0), damaged: false }]);
  }

  statement(nowMs = this.nowMs): StatementLine[] {
    const rows = this.shard.store.rows.filter(({ row }) => row > this.#sealedThrough);
    const report = reportOf(1, rows, this.shard.region.doors, true);
    const accounts = [...this.sealed, report.account].map((text) => ({
      ...address,
      account: ShardAccount.decode(text),
    }));
    const holes = report.holes.map((hole) => ({
      ...address,
      ...hole,
      fate: fateOf(hole.receivedAtMs, nowMs),
    }));
    return statementOf({ accounts, deadChunks: this.dead, holes, rejects: [] }, 0, 2 ** 26);
  }
}

/** Of a producer where one is given. */
const sumOf = (lines: readonly StatementLine[], producer?: string) =>
  totalOf(lines.filter((line) => producer === undefined || line.producer === producer));

const seeds = Array.from({ length: 120 }, (_, n) => n + 1);

describe('[ING-6b, LOG-4] accounts over seeded histories', () => {
  test('every accepted event is counted, late, a duplicate or dead-lettered, to the last one', () => {
    const tally = noFigures();
    for (const seed of seeds) {
      const world = new World(seed);
      for (let step = 0; step < 60; step++) world.step();
      world.settle();
      const lines = world.statement();
      for (const producer of producers) {
        const sum = sumOf(lines, producer);
        const { accepted, twins, dead_lettered } = world.truth.of(producer);
        expect({ seed, ...pick(sum) }).toEqual({ seed, accepted, twins, dead_lettered, open: 0 });
        expect(sum.counted + sum.late + sum.duplicates + sum.dead_lettered).toBe(accepted);
      }
      const total = sumOf(lines);
      const { counted, late, duplicates } = world.shard.region.totals;
      expect({ seed, ...total }).toMatchObject({ seed, counted, late, duplicates });
      expect(whyNot(total)).toEqual([]);
      for (const name of ['counted', 'late', 'duplicates', 'dead_lettered', 'twins'] as const)
        tally[name] += total[name];
    }
    // The histories do not run idle.
    for (const name of ['counted', 'late', 'duplicates', 'dead_lettered', 'twins'] as const)
      expect(tally[name]).toBeGreaterThan(100);
  });

  test('an event that was lost shows: in flight, then overdue, then missing, never silently', () => {
    for (const seed of seeds) {
      const world = new World(seed);
      const lostAt = new Random(seed + 1_000).below(50);
      for (let step = 0; step < 60; step++) {
        world.step();
        if (step === lostAt) world.send('lost');
      }
      world.settle();
      const lines = world.statement();
      const accepted = producers.reduce((sum, producer) => sum + world.truth.of(producer).accepted, 0);
      const total = sumOf(lines);
      const told = total.counted + total.late + total.duplicates + total.dead_lettered;
      const lost = accepted - told + world.voidsLost;
      expect({ seed, lost }).toEqual({ seed, lost: openOf(total) });
      expect(openOf(total)).toBeGreaterThan(0);
      const later = sumOf(world.statement(world.nowMs + queueRetentionMs + 1));
      expect({ seed, missing: later.missing, accepted: later.accepted }).toEqual({
        seed,
        missing: lost,
        accepted: accepted + world.voidsLost,
      });
      expect(whyNot(later)).not.toEqual([]);
    }
  });

  test('what is on its way is in flight until it is overdue, and is found when it comes', () => {
    const world = new World(7);
    world.send('on its way');
    world.nowMs += 1_000;
    world.settle();
    const at = world.statement().find(({ in_flight: open, overdue }) => open + overdue > 0)?.minute ?? 0;
    expect(sumOf(world.statement((at + 1) * 60_000)).in_flight).toBeGreaterThan(0);
    const later = sumOf(world.statement((at + 1) * 60_000 + holeOverdueMs));
    expect(later.in_flight).toBe(0);
    expect(later.overdue).toBeGreaterThan(0);
    expect(whyNot(later)).toEqual([]);
  });
});

const openOf = ({ in_flight, overdue, missing }: Figures): number => in_flight + overdue + missing;

const pick = (sum: Figures) => ({
  accepted: sum.accepted,
  twins: sum.twins,
  dead_lettered: sum.dead_lettered,
  open: openOf(sum),
});
