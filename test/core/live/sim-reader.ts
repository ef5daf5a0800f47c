/** A reader of server-sent events in the hub's simulation: slow at times, and without a word. */
import { applyFrame, type LiveState } from '../../../core/live/live-state.ts';
import { parseServerFrame } from '../../../core/live/server-frame.ts';
import type { Subscription } from '../../../core/live/subscription.ts';
import { sseEveryMs } from '../../../core/protocol/limits.ts';
import { pictureOf } from './sim-model.ts';

export class SimReader {
  readonly id: string;
  readonly subscription: Subscription;
  state: LiveState | null = null;
  #texts = 0;
  #stateAt = Number.NEGATIVE_INFINITY;
  #unread = false;

  constructor(id: string, subscription: Subscription) {
    this.id = id;
    this.subscription = subscription;
  }

  /** `expected`: what a state must hold that is written at `now`. */
  take(text: string, expected: (at: number) => string, now: number): void {
    if (this.#unread) throw new Error(`${this.id} has not read what it was written before`);
    this.#unread = true;
    if (!text.endsWith('\n\n')) throw new Error(`not an event: ${text}`);
    if (this.#texts++ === 0 && text !== 'retry: 1000\n\n') throw new Error(`begins with ${text}`);
    const [, epoch, seq, data] = /^event: snapshot\nid: (.*):(\d+)\ndata: (.*)\n\n$/.exec(text) ?? [];
    if (data === undefined) return;
    const frame = parseServerFrame(data);
    if (frame?.t !== 'snapshot' || frame.epoch !== epoch || frame.seq !== Number(seq)) throw new Error(text);
    if (now - this.#stateAt < sseEveryMs) throw new Error(`${this.id} is told twice a second`);
    this.#stateAt = now;
    this.state = applyFrame(null, frame).state;
    const held = pictureOf(this.state);
    if (held !== expected(frame.at))
      throw new Error(`${this.id} holds\n${held}\nand not\n${expected(frame.at)}`);
  }

  read(): void {
    this.#unread = false;
  }
}
