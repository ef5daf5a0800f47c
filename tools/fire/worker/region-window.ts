/** A region shard that can be aborted, filled, given a smaller cap, and made to choke on chosen chunks. */
import { decodeChunk } from '../../../core/protocol/chunk.ts';
import { identitiesMax } from '../../../core/protocol/limits.ts';
import type { ChunkVerdict, ShardAddress } from '../../../core/window/verdict.ts';
import * as product from '../../../workers/index.ts';
import { type Fill, poisonPrefix } from '../protocol.ts';
import { setAlarmsBack } from './clock.ts';
import { fireEnv } from './environment.ts';
import { filledChunks } from './fill.ts';
import type { FireEnv } from './fire-env.ts';

const chunksAtOnce = 20;
/** One isolate runs the whole local Worker. */
let chokes = false;

/** From here on every chunk with an event of a poisoned title makes its shard throw; or none does any more. */
export function chokeOnPoison(on: boolean): void {
  chokes = on;
}

function isPoison(bytes: Uint8Array): boolean {
  return decodeChunk(bytes).columns.contentId.texts.some((text) => text.startsWith(poisonPrefix));
}

export class RegionWindow extends product.RegionWindow {
  protected override readonly caps: { readonly identitiesMax: number };

  constructor(ctx: DurableObjectState, env: FireEnv) {
    setAlarmsBack(ctx.storage);
    super(ctx, fireEnv(env, 'region'));
    this.caps = { identitiesMax: Number(env.FIRE_IDENTITIES_MAX ?? identitiesMax) };
  }

  override receive(address: ShardAddress, chunks: readonly Uint8Array[]): readonly ChunkVerdict[] {
    if (chokes && chunks.some(isPoison)) throw new Error('fire: this chunk is poison');
    return super.receive(address, chunks);
  }

  /** How many of them it counted. */
  fireFill(address: ShardAddress, fill: Fill): number {
    const chunks = [...filledChunks(address, fill, Date.now())];
    for (let from = 0; from < chunks.length; from += chunksAtOnce)
      super.receive(address, chunks.slice(from, from + chunksAtOnce));
    return fill.events;
  }

  fireAbort(): void {
    this.ctx.abort('fire');
  }
}
