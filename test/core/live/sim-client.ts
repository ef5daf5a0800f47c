/**
 * A viewer of the simulation: a slow line, a reader that stalls and loses deltas, though a socket does not, and else
 * keeps the protocol.
 */
import type { applyFrame, LiveState } from '../../../core/live/live-state.ts';
import type { parseServerFrame } from '../../../core/live/server-frame.ts';
import type { Random } from '../../sim/random.ts';
import { pictureOf } from './sim-model.ts';

interface OnItsWay {
  readonly text: string;
  readonly at: number;
}

interface FrameOnItsWay extends OnItsWay {
  readonly expected: string | null;
}

/** The code of a viewer's page. */
export interface ClientVersion {
  readonly parseServerFrame: typeof parseServerFrame;
  readonly applyFrame: typeof applyFrame;
}

export class SimClient {
  readonly id: string;
  readonly #version: ClientVersion;
  readonly #random: Random;
  readonly #down: FrameOnItsWay[] = [];
  readonly #up: OnItsWay[] = [];
  state: LiveState | null = null;
  stalledUntil = 0;
  #ackedSeq = -1;
  #ackedAt = 0;
  #waitsForSnapshot = false;

  constructor(id: string, random: Random, version: ClientVersion) {
    this.id = id;
    this.#version = version;
    this.#random = random;
  }

  get upToDate(): boolean {
    return this.#down.length === 0 && !this.#waitsForSnapshot;
  }

  /** The hub sent this; `expected` is what the viewer must hold once it has taken it, null for no data. */
  receive(text: string, expected: string | null, now: number): void {
    this.#down.push({ text, expected, at: this.#arrival(this.#down, now) });
  }

  say(frame: unknown, now: number): void {
    this.#up.push({ text: JSON.stringify(frame), at: this.#arrival(this.#up, now) });
  }

  /** Reads what has arrived; returns what it saw happen. */
  read(now: number, mayLose: boolean): string[] {
    const seen: string[] = [];
    const ready = now >= this.stalledUntil ? this.#down.filter(({ at }) => at <= now).length : 0;
    for (const { text, expected } of this.#down.splice(0, ready)) {
      if (mayLose && this.#random.chance(0.01) && this.#version.parseServerFrame(text)?.t !== 'snapshot')
        seen.push('deltas lost');
      else seen.push(this.#take(text, expected, now));
    }
    const due =
      this.state && now - this.#ackedAt >= this.state.ackEveryMs && this.state.seq !== this.#ackedSeq;
    if (due && now >= this.stalledUntil && !this.#waitsForSnapshot) this.#ack(now);
    return seen;
  }

  /** Texts that have reached the hub. */
  sent(now: number): string[] {
    const count = this.#up.filter(({ at }) => at <= now).length;
    return this.#up.splice(0, count).map(({ text }) => text);
  }

  #take(text: string, expected: string | null, now: number): string {
    const frame = this.#version.parseServerFrame(text);
    if (!frame) throw new Error(`not a frame: ${text}`);
    const { state, resync } = this.#version.applyFrame(this.state, frame);
    if (resync) {
      if (!this.#waitsForSnapshot) this.say({ t: 'resync' }, now);
      this.#waitsForSnapshot = true;
      return 'deltas refused';
    }
    this.state = state;
    if (expected === null) return 'errors';
    if (pictureOf(state) !== expected) {
      throw new Error(`${this.id} after ${text}\nholds\n${pictureOf(state)}\nand not\n${expected}`);
    }
    if (frame.t !== 'snapshot') return 'deltas';
    this.#waitsForSnapshot = false;
    this.#ack(now);
    return 'snapshots';
  }

  #ack(now: number): void {
    this.#ackedSeq = this.state?.seq ?? 0;
    this.#ackedAt = now;
    this.say({ t: 'ack', seq: this.#ackedSeq }, now);
  }

  /** In order, after up to 300 ms. */
  #arrival(queue: readonly OnItsWay[], now: number): number {
    return Math.max(now + this.#random.below(300), queue.at(-1)?.at ?? 0);
  }
}
