import type { ShardAnswer } from '../../core/alert/peers.ts';
import type { ReportRequest, ShardReport } from '../../core/alert/shard-report.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import type { Region } from '../../core/window/region.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { RegionEnv } from './region-env.ts';

const answerMsMax = 5_000;
/** Between two rounds, so that what shards tell at once is asked for at once. */
const roundPauseMs = 1_000;

/** A shard as another of its region sees it. */
interface ShardLink {
  report(address: ShardAddress, request: ReportRequest): Promise<ShardReport | null>;
  fold(address: ShardAddress): Promise<number>;
}

/** The object whose shard it is. */
export interface ShardHost {
  /** Null where it has failed: what an older machine was told is worth nothing to the next. */
  region(): Region | null;
  commit(step: () => { readonly effects: readonly RegionEffect[] }): unknown;
}

/** The calls between the head of a region and its other shards (ALR-3). */
export class ShardCalls {
  readonly #namespace: DurableObjectNamespace;
  readonly #host: ShardHost;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor({ REGION_WINDOW }: RegionEnv, host: ShardHost) {
    this.#namespace = REGION_WINDOW;
    this.#host = host;
  }

  /** The head asks and judges; a peer tells its head that there is something to judge. Neither throws for a call that fails. */
  async speak(): Promise<void> {
    const region = this.#host.region();
    if (!region) return;
    if (!region.shared.isPeer) await this.round();
    else if (region.shared.holdsAny) await this.#tellHead(region);
  }

  /** One round at a time. Who asks during one waits for the next: it may have been asked itself too early for this one. */
  round(): Promise<void> {
    if (!this.#running) {
      this.#running = this.#ask().finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    this.#next ??= this.#afterThis(this.#running);
    return this.#next;
  }

  async #afterThis(running: Promise<void>): Promise<void> {
    await running.catch(() => undefined);
    await scheduler.wait(roundPauseMs);
    this.#next = null;
    await this.round();
  }

  async #ask(): Promise<void> {
    const region = this.#host.region();
    const { shards = [], request } = region?.shared.asks() ?? {};
    if (!region || !request || shards.length === 0) return;
    const { regionNumber } = region.address;
    const answers = new Map<number, ShardAnswer>();
    const ask = async (shard: number): Promise<void> => {
      const address = { regionNumber, shard };
      answers.set(shard, await this.#call(address, (link) => link.report(address, request)));
    };
    await Promise.all(shards.map(ask));
    if (region === this.#host.region())
      this.#host.commit(() => ({ effects: region.hear(answers, Date.now()) }));
  }

  async #tellHead(region: Region): Promise<void> {
    const head = { regionNumber: region.address.regionNumber, shard: 0 };
    const foldedThrough = await this.#call(head, (link) => link.fold(head));
    if (region === this.#host.region()) region.shared.told(foldedThrough ?? null, Date.now());
  }

  /** Undefined for one that does not answer. */
  async #call<T>(address: ShardAddress, call: (link: ShardLink) => Promise<T>): Promise<T | undefined> {
    const id = this.#namespace.idFromName(shardObjectName(address.regionNumber, address.shard));
    let timer: ReturnType<typeof setTimeout> | null = null;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${answerMsMax} ms`)), answerMsMax);
    });
    try {
      return await Promise.race([call(this.#namespace.get(id) as unknown as ShardLink), late]);
    } catch (error) {
      console.warn(logLine('warn', 'shard_unheard', { ...address, ...errorFields(error) }));
      return undefined;
    } finally {
      if (timer !== null) clearTimeout(timer);
    }
  }
}
