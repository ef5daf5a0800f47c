import { partFormat } from '../../core/lake/part-columns.ts';
import type { PartAddress } from '../../core/lake/part-name.ts';
import type { SealPlan } from '../../core/lake/seal-plan.ts';
import type { SealedPart, SealReply, SealStep, StoredPart } from '../../core/lake/seal-steps.ts';
import { assert, unreachable } from '../../core/protocol/assert.ts';
import { shardObjectName } from '../../core/protocol/region.ts';
import type { SealStanding } from '../../core/window/log-keeper.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import { saveShardAccount } from '../../storage/account-store.ts';
import { encodePart, type Pause } from '../../storage/lake/encode-part.ts';
import { listedNames, savePart } from '../../storage/part-store.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import type { SealerEnv, ShardLink } from './sealer-env.ts';

/** Carries out the steps of core/lake/seal-steps.ts: with the shard's object, R2 and D1. Each may be done again. */
export class SealShell {
  readonly #env: SealerEnv;
  readonly #address: ShardAddress;
  readonly #pause: Pause;

  constructor(env: SealerEnv, address: ShardAddress, pause: Pause) {
    this.#env = env;
    this.#address = address;
    this.#pause = pause;
  }

  async carryOut(step: SealStep): Promise<SealReply> {
    switch (step.kind) {
      case 'standing':
        return await this.standing();
      case 'page':
        return await this.#shard.logPage(step.fromRow, step.throughRow);
      case 'keep_plan':
        return await this.#keepPlan(step.plan);
      case 'listed':
        return await listedNames(this.#env.DB, step.names);
      case 'encode':
        return await encodePart(step.rows, step.address, partFormat, this.#pause);
      case 'put':
        return await this.#put(step.name, step.part);
      case 'list':
        return await this.#list(step.address, step.part, step.bytes);
      case 'account':
        await saveShardAccount(this.#env.DB, { ...this.#address, ...step.plan }, step.account);
        return null;
      case 'sealed':
        await this.#shard.sealed(this.#address, step.plan);
        return null;
      default:
        unreachable(step);
    }
  }

  standing(): Promise<SealStanding | null> {
    return this.#shard.sealStanding();
  }

  get #shard(): ShardLink {
    const { regionNumber, shard } = this.#address;
    const id = this.#env.REGION_WINDOW.idFromName(shardObjectName(regionNumber, shard));
    return this.#env.REGION_WINDOW.get(id) as unknown as ShardLink;
  }

  async #keepPlan(plan: Omit<SealPlan, 'region' | 'shard'>): Promise<SealPlan | null> {
    const { regionNumber, shard } = this.#address;
    const region = (await loadRegions(this.#env.DB, Date.now())).find(
      ({ number }) => number === regionNumber,
    );
    assert(region !== undefined, `region ${regionNumber} is in the registry`);
    return await this.#shard.keepSealPlan(this.#address, { ...plan, region: region.name, shard });
  }

  /** Never over what is there. */
  async #put(name: string, part: SealedPart): Promise<StoredPart | null> {
    const { bytes, digest, events, formatVersion } = part;
    const stored = await this.#env.LAKE.put(name, bytes, {
      onlyIf: { etagDoesNotMatch: '*' },
      customMetadata: { digest, events: String(events), formatVersion: String(formatVersion) },
      httpMetadata: { contentType: 'application/vnd.apache.parquet' },
    });
    if (stored) return null;
    const before = await this.#env.LAKE.head(name);
    // Removed between the two: the next run finds nothing there.
    if (!before) throw new Error(`${name} was there and is gone`);
    return { digest: before.customMetadata?.digest ?? 'none', bytes: before.size };
  }

  async #list(address: PartAddress, part: SealedPart, bytes: number): Promise<null> {
    const { digest, events, fromMs, toMs, formatVersion } = part;
    const content = { digest, events, fromMs, toMs, formatVersion, bytes };
    await savePart(this.#env.DB, this.#address.regionNumber, address, content, Date.now());
    return null;
  }
}
