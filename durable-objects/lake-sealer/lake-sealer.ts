import { DurableObject } from 'cloudflare:workers';
import {
  type SealFailpoint,
  SealFault,
  type SealReply,
  type SealSteps,
  sealLog,
} from '../../core/lake/seal-steps.ts';
import { assert } from '../../core/protocol/assert.ts';
import { holdBackMs, sealPauseMs } from '../../core/protocol/limits.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { isHourDead } from '../../core/window/time.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import { failpointsOf } from '../../storage/failpoint.ts';
import type { Pause } from '../../storage/lake/encode-part.ts';
import { SealShell } from './seal-shell.ts';
import type { SealerEnv } from './sealer-env.ts';

const addressKey = 'address';

/**
 * Seals the log of one shard (LAK-1), beside the shard's own object, so that encoding holds up no events. It keeps
 * nothing but the shard's address: what is planned and what is done stand with the shard, in R2 and in D1. One run at
 * a time, so that it holds the events of one plan.
 */
export class LakeSealer extends DurableObject<SealerEnv> {
  /** Where tests stop it. A field of an object is not within reach of RPC, and of requests even less. */
  onStep: ((point: SealFailpoint) => Promise<void> | void) | null;
  /**
   * A timer, since nothing less lets the runtime hear requests: while any object of its thread has something to do, and
   * twelve sealers always have, it reads no socket.
   */
  pause: Pause = () => scheduler.wait(sealPauseMs);
  #last: Promise<unknown> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: SealerEnv) {
    super(ctx, env);
    this.onStep = failpointsOf(env);
  }

  /** The shard has something to seal: an alarm of the sealer's own does it. */
  async kick(address: ShardAddress): Promise<void> {
    await this.#remember(address);
    await this.ctx.storage.setAlarm(Date.now());
  }

  /**
   * For the batch layer: `sealed` once every event of that hour (epoch hour) that the shard has logged so far lies in a
   * listed part, and its watermark is past the hour's end + H, so that what still comes is late.
   */
  async sealHour(address: ShardAddress, hour: number): Promise<'sealed' | 'open'> {
    await this.#remember(address);
    const standing = await new SealShell(this.env, address, this.pause).standing();
    // A shard that has never been would begin where silence had brought it.
    const watermarkMs = standing?.watermarkMs ?? Date.now() - holdBackMs;
    if (!isHourDead(hour, watermarkMs)) return 'open';
    const outcome = await this.#inTurn(() => this.#run(address, sealLog(hour)));
    if (outcome === 'sealed') return 'sealed';
    await this.ctx.storage.setAlarm(Date.now());
    return 'open';
  }

  /** For a replay: everything that the shard has logged so far, whatever its hours. `more`: to be asked again. */
  async sealAll(address: ShardAddress): Promise<'sealed' | 'more'> {
    await this.#remember(address);
    return await this.#inTurn(() => this.#run(address, sealLog(null)));
  }

  override async alarm(): Promise<void> {
    const address = await this.ctx.storage.get<ShardAddress>(addressKey);
    if (!address) return;
    try {
      const outcome = await this.#inTurn(() => this.#run(address, sealLog(null)));
      if (outcome === 'more') await this.ctx.storage.setAlarm(Date.now());
    } catch (error) {
      // The shard tells it again in a minute; the plan stands. A fault is for a person (docs/operations.md).
      const event = error instanceof SealFault ? 'sealing_fault' : 'sealing_failed';
      console.error(logLine('error', event, { ...address, ...errorFields(error) }));
    }
  }

  async #run<T>(address: ShardAddress, steps: SealSteps<T>): Promise<T> {
    const shell = new SealShell(this.env, address, () => this.pause());
    let reply: SealReply | undefined;
    for (;;) {
      const { value, done } = steps.next(reply as SealReply);
      if (done) return value;
      await this.pause();
      await this.onStep?.(`before ${value.kind}`);
      reply = await shell.carryOut(value);
      await this.onStep?.(`behind ${value.kind}`);
    }
  }

  /** One after the other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }

  async #remember(address: ShardAddress): Promise<void> {
    const held = await this.ctx.storage.get<ShardAddress>(addressKey);
    if (!held) await this.ctx.storage.put(addressKey, address);
    const { regionNumber, shard } = held ?? address;
    assert(regionNumber === address.regionNumber && shard === address.shard, 'a sealer is of one shard');
  }
}
