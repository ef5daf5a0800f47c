/**
 * Histories of a shard: what doors sent, in which order and how often the queue delivered it, when the object died,
 * what the clock and D1 did. Pure data made from a seed; simulate.ts plays it.
 */
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { encodeChunk } from '../../core/protocol/chunk.ts';
import type { ChunkHeader } from '../../core/protocol/chunk-header.ts';
import { identitiesMax } from '../../core/protocol/limits.ts';
import { type Crowd, Downloads, makeCrowd, makeEvent } from './crowd.ts';
import { Random } from './random.ts';

export const simRegion = { regionNumber: 7, shard: 0 } as const;

export interface SimChunk {
  readonly header: ChunkHeader;
  readonly events: readonly AcceptedEvent[];
  readonly bytes: Uint8Array;
  /** The bytes are damaged behind the header. */
  readonly damaged: boolean;
  /** Its sending failed and it never reached the queue. */
  readonly unsent: boolean;
}

/**
 * What becomes of a write to D1: done; refused; done but the answer is lost; refused, but it arrives some steps later
 * after all; done, and the object hears of it a step later; done, and the object dies before it has stored that.
 */
export const databaseFates = ['up', 'down', 'mute', 'slow', 'lagging', 'deadly'] as const;
export type DatabaseFate = (typeof databaseFates)[number];

export type Action =
  /** One call of the consumer. Lost: the object dies before its effects are stored, and the queue keeps the messages. */
  | { readonly kind: 'deliver'; readonly chunks: readonly number[]; readonly lost: boolean }
  | { readonly kind: 'alarm'; readonly lost: boolean }
  | { readonly kind: 'crash' }
  | { readonly kind: 'database'; readonly fate: DatabaseFate };

export interface Step {
  /** Server time of the step, ms; a jump back makes it smaller than the one before. */
  readonly nowMs: number;
  readonly action: Action;
  /** Afterwards a person closes an alert: of those that fire the one of this number, counted round. */
  readonly closes: number | null;
}

export interface History {
  readonly seed: number;
  readonly startMs: number;
  readonly identitiesMax: number;
  readonly chunks: readonly SimChunk[];
  readonly steps: readonly Step[];
}

interface Door {
  readonly name: string;
  readonly birthMs: number;
  nextNumber: number;
  /** Numbers of failed sends, to be declared in the next chunk. */
  voids: (readonly [number, number])[];
}

/** What sets one history apart from another; drawn once a history. */
interface Temper {
  readonly stepMsMax: number;
  readonly chunkEventsMax: number;
  readonly twins: number;
  readonly redeliveries: number;
  readonly crashes: number;
  readonly databaseTrouble: number;
  readonly jumps: number;
  readonly leaps: number;
  readonly damage: number;
  readonly failedSends: number;
}

const startMsBase = 1_800_000_000_000;
const minute = 60_000;
const hour = 60 * minute;
/** Redelivery stays well within the queue's retention of four days. */
const redeliveryMsMax = 3 * 24 * hour;

export function makeHistory(seed: number, steps: number): History {
  return new HistoryMaker(seed).make(steps);
}

class HistoryMaker {
  readonly #seed: number;
  readonly #random: Random;
  /** For what was added to histories later: the seeds that are kept stay what they are. */
  readonly #laterRandom: Random;
  readonly #downloads: Downloads;
  readonly #temper: Temper;
  readonly #crowd: Crowd;
  readonly #startMs: number;
  readonly #doors: Door[] = [];
  readonly #chunks: SimChunk[] = [];
  readonly #steps: Step[] = [];
  readonly #sent: AcceptedEvent[] = [];
  /** Chunks in the queue that no stored call has taken yet. */
  #waiting: number[] = [];
  /** Chunks that were delivered, with the time of it. */
  readonly #taken: (readonly [number, number])[] = [];
  #nowMs: number;
  #fate: DatabaseFate = 'up';

  constructor(seed: number) {
    this.#seed = seed;
    const random = new Random(seed);
    this.#random = random;
    this.#laterRandom = new Random(seed ^ 0x5bd1e995);
    this.#downloads = new Downloads(this.#laterRandom);
    this.#temper = makeTemper(random);
    this.#crowd = makeCrowd(random);
    this.#startMs = startMsBase + random.below(2 * hour);
    this.#nowMs = this.#startMs;
    for (let i = random.between(1, 4); i > 0; i--) this.#openDoor();
  }

  make(steps: number): History {
    const cap = this.#random.chance(0.12) ? this.#random.between(4, 40) : identitiesMax;
    while (this.#steps.length < steps) this.#step();
    return {
      seed: this.#seed,
      startMs: this.#startMs,
      identitiesMax: cap,
      chunks: this.#chunks,
      steps: this.#steps,
    };
  }

  #step(): void {
    const random = this.#random;
    const temper = this.#temper;
    this.#nowMs += this.#elapsed();
    const trouble = this.#fate === 'up' ? temper.databaseTrouble : 0.15;
    if (random.chance(temper.crashes)) {
      this.#push({ kind: 'crash' });
    } else if (random.chance(trouble)) {
      this.#fate = this.#fate !== 'up' && random.chance(0.7) ? 'up' : random.pick(databaseFates);
      this.#push({ kind: 'database', fate: this.#fate });
    } else if (random.chance(0.25)) {
      this.#push({ kind: 'alarm', lost: random.chance(temper.crashes) });
    } else {
      this.#deliver();
    }
  }

  #elapsed(): number {
    const random = this.#random;
    const { stepMsMax, jumps, leaps } = this.#temper;
    if (random.chance(jumps)) {
      return random.chance(0.5) ? random.between(-hour, hour) : random.between(-20_000, 20_000);
    }
    if (random.chance(leaps)) return random.chance(0.7) ? random.below(hour) : random.below(30 * hour);
    return random.chance(0.03) ? random.below(12 * minute) : random.below(stepMsMax);
  }

  #deliver(): void {
    const random = this.#random;
    for (let i = random.between(0, 2); i > 0; i--) this.#send(this.#someEvents());
    const chosen: number[] = [];
    for (let i = random.between(0, 3); i > 0 && this.#waiting.length > 0; i--) {
      const [index] = this.#waiting.splice(random.below(this.#waiting.length), 1);
      chosen.push(index as number);
    }
    while (random.chance(this.#temper.redeliveries) && this.#taken.length > 0) {
      const [index, atMs] = random.pick(this.#taken);
      if (Math.abs(this.#nowMs - atMs) < redeliveryMsMax) chosen.push(index);
    }
    const lost = random.chance(this.#temper.crashes);
    if (lost) this.#waiting.push(...chosen);
    else for (const index of chosen) this.#taken.push([index, this.#nowMs]);
    this.#push({ kind: 'deliver', chunks: chosen, lost });
  }

  #someEvents(): AcceptedEvent[] {
    const random = this.#random;
    return Array.from({ length: random.between(1, this.#temper.chunkEventsMax) }, () => {
      if (this.#sent.length > 0 && random.chance(this.#temper.twins)) return random.pick(this.#sent);
      const event = this.#downloads.apply(makeEvent(random, this.#crowd, this.#nowMs));
      this.#sent.push(event);
      return event;
    });
  }

  /** A door sends events as one chunk. If that fails it declares the numbers void and sends again under others. */
  #send(events: readonly AcceptedEvent[]): void {
    const random = this.#random;
    if (random.chance(0.02)) this.#openDoor();
    const door = random.pick(this.#doors);
    const overlaps = random.chance(this.#temper.damage) && door.nextNumber > 0 ? 1 : 0;
    const firstNumber = door.nextNumber - overlaps;
    const end = firstNumber + events.length;
    const header: ChunkHeader = {
      regionNumber: simRegion.regionNumber + (random.chance(this.#temper.damage) ? 1 : 0),
      shard: simRegion.shard,
      door: door.name,
      doorBirthMs: door.birthMs,
      receivedAtMs: this.#nowMs - random.below(2000),
      firstNumber,
      count: events.length,
      producer: random.pick(this.#crowd.producers),
      pseudonymVersion: 1,
      twins: 0,
      voids: door.voids,
    };
    const failed = random.chance(this.#temper.failedSends);
    const unsent = failed && random.chance(0.4);
    const damaged = random.chance(this.#temper.damage);
    const whole = encodeChunk(header, events);
    const bytes = damaged ? whole.subarray(0, whole.length - 1) : whole;
    if (!unsent) this.#waiting.push(this.#chunks.length);
    this.#chunks.push({ header, events, bytes, damaged, unsent });
    door.nextNumber = Math.max(door.nextNumber, end);
    // Until it knows that a chunk has arrived, a door repeats what that chunk declared.
    door.voids = failed ? [...header.voids, [firstNumber, end]] : [];
    if (failed) this.#send(events);
  }

  #openDoor(): void {
    const word = (): string => this.#random.word().toString(16).padStart(8, '0');
    this.#doors.push({ name: word() + word(), birthMs: this.#nowMs, nextNumber: 0, voids: [] });
  }

  #push(action: Action): void {
    const random = this.#laterRandom;
    const closes = random.chance(0.02) ? random.below(100) : null;
    this.#steps.push({ nowMs: this.#nowMs, action, closes });
  }
}

/** Most histories have a little of everything; some have much of one thing. */
function makeTemper(random: Random): Temper {
  const share = (usual: number, rare: number): number => (random.chance(0.2) ? rare : usual);
  return {
    stepMsMax: random.pick([500, 3000, 8000, 20_000, 60_000]),
    chunkEventsMax: random.chance(0.02) ? 60 : random.between(1, 4),
    twins: share(0.15, 0.6),
    redeliveries: share(0.1, 0.5),
    crashes: share(0.03, 0.12),
    databaseTrouble: share(0.03, 0.3),
    jumps: random.chance(0.4) ? random.pick([0.01, 0.05]) : 0,
    leaps: random.chance(0.2) ? 0.03 : 0,
    damage: share(0.005, 0.05),
    failedSends: share(0.03, 0.25),
  };
}
