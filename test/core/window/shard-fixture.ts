// A shard with its store, for tests of what it does over its lives.
import { identitiesMax } from '../../../core/protocol/limits.ts';
import type { RegionEffect } from '../../../core/window/effect.ts';
import type { PackedWindow } from '../../../core/window/packed-window.ts';
import { Region } from '../../../core/window/region.ts';
import type { ChunkVerdict } from '../../../core/window/verdict.ts';
import { ShardStore } from '../../sim/shard-store.ts';
import { buildChunk, buildEvent, type EventFields } from '../../support/build-chunk.ts';
import { sealAll } from '../../support/seal-all.ts';

/** Start of minute m0, which is the start of an hour. */
export const t0 = 1_800_000_000_000;
export const m0 = 30_000_000;
export const second = 1000;
export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export class Shard {
  readonly store = new ShardStore({ regionNumber: 1, shard: 0, generation: 0, incarnation: 1 });
  readonly #caps: { readonly identitiesMax: number };
  region: Region;
  /** Effects of the last call that had any. */
  effects: readonly RegionEffect[] = [];
  #number = 0;
  #identity = 0;

  constructor(nowMs = t0, caps = { identitiesMax }) {
    this.#caps = caps;
    this.region = this.woken(nowMs);
  }

  /** Another region, from what is stored; this one stays. */
  woken(nowMs: number): Region {
    return new Region(this.store.source(), nowMs, this.#caps);
  }

  /** The object dies and wakes. */
  crash(nowMs: number): void {
    this.region = this.woken(nowMs);
  }

  /** A chunk under the door's next numbers, its events of identities of their own unless they have one. */
  chunk(nowMs: number, ...events: readonly EventFields[]): Uint8Array {
    const built = events.map((fields) => buildEvent({ identityHi: ++this.#identity, ...fields }));
    const chunk = buildChunk(built, { firstNumber: this.#number, receivedAtMs: nowMs });
    this.#number += events.length;
    return chunk;
  }

  receive(nowMs: number, ...chunks: readonly Uint8Array[]): readonly ChunkVerdict[] {
    const { verdicts, effects } = this.region.receive(chunks, nowMs);
    this.carryOut(effects);
    return verdicts;
  }

  /** Receives events of these times, in one chunk. */
  see(nowMs: number, ...timesMs: readonly number[]): void {
    this.receive(nowMs, this.chunk(nowMs, ...timesMs.map((timeMs) => ({ timeMs }))));
  }

  tick(nowMs: number): void {
    this.carryOut(this.region.tick(nowMs));
  }

  /** Emits what is due to a D1 that works; returns it. */
  emit(nowMs: number): PackedWindow[] {
    const due = this.region.dueWindows(nowMs);
    if (due.length > 0) this.carryOut(this.region.confirm(due, nowMs));
    return due;
  }

  /** What the shell does on an alarm. */
  alarm(nowMs: number): void {
    this.tick(nowMs);
    this.emit(nowMs);
    for (const due of this.region.dueHours(nowMs)) this.region.hourWritten(due);
    this.carryOut(this.region.maintain(nowMs));
  }

  /** What the sealer does, and the alarm after it. */
  seal(nowMs: number): void {
    this.carryOut(sealAll(this.region));
    this.carryOut(this.region.maintain(nowMs));
  }

  carryOut(effects: readonly RegionEffect[]): void {
    if (effects.length > 0) this.effects = effects;
    this.store.carryOut(effects);
  }

  /** Minutes after m0 of the windows in the answer, closed ones in brackets. */
  minutes(): string {
    const { windows } = this.region.answer(t0);
    return windows
      .map((window) => (window.closed ? `[${window.minute - m0}]` : window.minute - m0))
      .join(' ');
  }
}
