import { DurableObject } from 'cloudflare:workers';
import type { ShardDoors } from '../../core/account/shard-report.ts';
import type { ReportRequest, ShardReport } from '../../core/alert/shard-report.ts';
import type { SealPlan } from '../../core/lake/seal-plan.ts';
import { assert } from '../../core/protocol/assert.ts';
import { identitiesMax, logBytesMax, logPageBytesMax } from '../../core/protocol/limits.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { ShardVitals } from '../../core/system/shard-vitals.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import type { SealStanding } from '../../core/window/log-keeper.ts';
import type { StoredLogRow } from '../../core/window/log-row.ts';
import { Region } from '../../core/window/region.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { ChunkVerdict, ShardAddress } from '../../core/window/verdict.ts';
import { type WindowParts, windowParts } from '../../core/window/window-parts.ts';
import { Emission } from './emission.ts';
import { HubPush } from './hub-push.ts';
import { LogStore } from './log-store.ts';
import type { HubLink, RegionEnv } from './region-env.ts';
import { RulesCopy } from './rules-copy.ts';
import { kickSealer } from './sealer-kick.ts';
import { ShardCalls } from './shard-calls.ts';
import { readVitals } from './vitals.ts';

/** How the queue consumer knows a shard that is full: it waits and tries again (LOG-5). */
const logFullMessage = 'the log of this shard is full';

/**
 * The object of one region shard: the thin shell around core/window/region.ts. It carries out the machine's effects in
 * one transaction, emits closed windows to D1, pushes changes to the hub, and keeps the alarm. An object that fails
 * half-way forgets the machine and wakes another from the log.
 */
export class RegionWindow extends DurableObject<RegionEnv> {
  /** Of WIN-8; a smaller one where it is tried. */
  protected readonly caps = { identitiesMax };
  readonly #store: LogStore;
  readonly #push: HubPush;
  #region: Region | null = null;
  readonly #emission: Emission;
  readonly #calls: ShardCalls;
  readonly #rules: RulesCopy;
  #alarmAtMs: number | null = null;

  constructor(ctx: DurableObjectState, env: RegionEnv) {
    super(ctx, env);
    this.#store = new LogStore(ctx.storage.sql);
    this.#push = new HubPush(this.#store.lease(), (hub) => {
      const id = env.LIVE_HUB.idFromName(hub);
      return env.LIVE_HUB.get(id) as unknown as HubLink;
    });
    const host = {
      region: () => this.#region,
      commit: (step: () => { effects: readonly RegionEffect[] }) => this.#commit(step),
    };
    this.#emission = new Emission(env.DB, host);
    this.#calls = new ShardCalls(env, host);
    this.#rules = new RulesCopy(env.DB, host);
    void ctx.blockConcurrencyWhile(async () => {
      this.#alarmAtMs = await ctx.storage.getAlarm();
    });
  }

  /** Commits chunks: verdicts in their order, which stand once this returns (LOG-1, LOG-3). */
  receive(address: ShardAddress, chunks: readonly Uint8Array[]): readonly ChunkVerdict[] {
    if (this.#store.bytes > logBytesMax) throw new Error(logFullMessage);
    const nowMs = Date.now();
    const region = this.#wake(address, nowMs);
    const { verdicts } = this.#commit(() => region.receive(chunks, nowMs));
    this.#schedule(nowMs);
    this.#tellHub(nowMs);
    return verdicts;
  }

  /** All that the shard holds, from a minute on (WIN-7); or what is wanted of it. */
  live(address: ShardAddress, fromMinute = 0, wanted: WindowParts | null = null): RegionAnswer {
    const nowMs = Date.now();
    const region = this.#wake(address, nowMs);
    this.#commit(() => ({ effects: region.tick(nowMs) }));
    this.#schedule(nowMs);
    const answer = region.answer(nowMs, fromMinute, wanted?.toMinute);
    if (!wanted) return answer;
    return { ...answer, windows: answer.windows.map((window) => windowParts(window, wanted)) };
  }

  /** Grants a hub a lease and answers with the whole state; changes are pushed to it from now on (LIV-3). */
  lease(address: ShardAddress, hub: string, untilMs: number): RegionAnswer {
    const lease = { hub, untilMs };
    const region = this.#wake(address, Date.now());
    this.#store.keepLease(lease);
    this.#push.take(lease);
    region.track(true);
    return this.live(address);
  }

  /** What the head of the region wants to know of this shard (ALR-3); null for one that has never been. */
  report(address: ShardAddress, request: ReportRequest): ShardReport | null {
    if (!this.#store.origin()) return null;
    const nowMs = Date.now();
    const region = this.#wake(address, nowMs);
    const { report } = this.#commit(() => region.report(request, nowMs));
    this.#schedule(nowMs);
    return report;
  }

  /** Another shard has closed windows: the head judges them now. Up to where it has folded for good. */
  async fold(address: ShardAddress): Promise<number> {
    this.#wake(address, Date.now());
    await this.#rules.begin();
    await this.#calls.round();
    const nowMs = Date.now();
    const region = this.#wake(address, nowMs);
    this.#commit(() => ({ effects: region.maintain(nowMs) }));
    this.#schedule(nowMs);
    this.#tellHub(nowMs);
    return region.shared.foldedThrough;
  }

  /** A person, whose name is `by`, closes an alert (ALR-1). */
  async closeAlert(address: ShardAddress, id: string, by: string): Promise<'closed' | 'resolved' | 'absent'> {
    this.#wake(address, Date.now());
    await this.#calls.round();
    const nowMs = Date.now();
    const region = this.#wake(address, nowMs);
    const { outcome } = this.#commit(() => region.closeAlert(id, nowMs, by));
    this.#schedule(nowMs);
    this.#tellHub(nowMs);
    return outcome;
  }

  /** Somebody has changed a rule: the copy is renewed now (ALR-2). A shard that has never been stays so. */
  async renewRules(): Promise<void> {
    const origin = this.#store.origin();
    if (!origin || origin.shard > 0) return;
    this.#wake(origin, Date.now());
    await this.#rules.renew(true);
    const nowMs = Date.now();
    this.#wake(origin, nowMs);
    this.#schedule(nowMs);
  }

  /** Its doors, the holes in their numbers, and how far its log goes (ING-6b); null for one that has never been. */
  doors(): ShardDoors | null {
    const origin = this.#store.origin();
    if (!origin) return null;
    const { doors, log } = this.#wake(origin, Date.now());
    return { ...doors, incarnation: origin.incarnation, lastRow: log.standing.lastRow };
  }

  /** How far the shard is sealed, for its sealer (LAK-1); null for one that has never been. */
  sealStanding(): SealStanding | null {
    return this.#present()?.log.standing ?? null;
  }

  /** How it goes (SYS-2); null for one that has never been. */
  vitals(): ShardVitals | null {
    const region = this.#present();
    const nowMs = Date.now();
    return region && readVitals(region, this.#store, this.#push.isLeasedAt(nowMs), nowMs);
  }

  /** Rows of the log, both inclusive, as many as travel at once: the sealer decodes them, not this object. */
  logPage(fromRow: number, throughRow: number): readonly StoredLogRow[] {
    return this.#store.page(fromRow, throughRow, logPageBytesMax);
  }

  /** Stores what the sealer means to seal; returns the plan to carry out, see LogKeeper. */
  keepSealPlan(address: ShardAddress, plan: SealPlan): SealPlan | null {
    const region = this.#wake(address, Date.now());
    return this.#commit(() => region.log.keepPlan(plan)).plan;
  }

  /** The plan is carried out: R2 has its parts, and D1 lists them. */
  sealed(address: ShardAddress, plan: SealPlan): void {
    const nowMs = Date.now();
    const region = this.#wake(address, nowMs);
    const unsealedAtMs = this.#store.firstAtMs(plan.lastRow + 1);
    this.#commit(() => ({
      effects: [...region.log.sealed(plan, unsealedAtMs), ...region.maintain(nowMs)],
    }));
    this.#schedule(nowMs);
  }

  override async alarm(): Promise<void> {
    this.#alarmAtMs = null;
    const origin = this.#store.origin();
    if (!origin) return;
    const nowMs = Date.now();
    try {
      this.#wake(origin, nowMs);
      await this.#rules.begin();
      this.#judge(Date.now());
      await this.#calls.speak();
      this.#tellHub(Date.now());
      await this.#emission.run();
      this.#maintain();
      await this.#rules.renewIfOld();
    } catch (error) {
      // An alarm that throws dies after some two minutes of outage: it is set again below instead.
      this.#region = null;
      console.error(logLine('error', 'alarm_failed', errorFields(error)));
    }
    const now = Date.now();
    this.#wake(origin, now);
    this.#schedule(now);
  }

  #judge(nowMs: number): void {
    const region = this.#region;
    if (!region) return;
    this.#commit(() => ({ effects: [...region.tick(nowMs), ...region.judge(nowMs)] }));
    this.#tellHub(nowMs);
  }

  /** Behind the emission: what D1 has taken may go from the log. */
  #maintain(): void {
    const region = this.#region;
    if (!region) return;
    const nowMs = Date.now();
    this.#commit(() => ({ effects: region.maintain(nowMs) }));
    if (region.log.tellSealer(nowMs)) this.ctx.waitUntil(kickSealer(this.env, region.address));
  }

  /** Brought up to now; null for a shard that has never been. */
  #present(): Region | null {
    const origin = this.#store.origin();
    if (!origin) return null;
    const nowMs = Date.now();
    const region = this.#wake(origin, nowMs);
    this.#commit(() => ({ effects: region.tick(nowMs) }));
    this.#schedule(nowMs);
    return region;
  }

  #wake(address: ShardAddress, nowMs: number): Region {
    this.#region ??= this.#wakeFromLog(address, nowMs);
    const { regionNumber, shard } = this.#region.address;
    const mine = regionNumber === address.regionNumber && shard === address.shard;
    assert(mine, `this object holds region ${regionNumber}, not ${address.regionNumber}`);
    return this.#region;
  }

  #wakeFromLog(address: ShardAddress, nowMs: number): Region {
    const origin = this.#store.origin() ?? this.#store.begin(address, nowMs);
    const region = new Region(this.#store.source(origin), nowMs, this.caps);
    region.track(this.#push.isLeasedAt(nowMs));
    return region;
  }

  #commit<T extends { readonly effects: readonly RegionEffect[] }>(step: () => T): T {
    try {
      const result = step();
      if (result.effects.length > 0) {
        this.ctx.storage.transactionSync(() => {
          for (const effect of result.effects) this.#store.carryOut(effect);
        });
      }
      return result;
    } catch (error) {
      // Memory may be ahead of the log now: the next call wakes from the log.
      this.#region = null;
      throw error;
    }
  }

  /** Sets the alarm only when it is needed earlier than the one that is set: each is a row written. */
  #schedule(nowMs: number): void {
    const regionMs = this.#region?.nextWakeMs(nowMs) ?? Number.POSITIVE_INFINITY;
    const wantedMs = Math.min(regionMs, this.#rules.wakeMs(nowMs));
    if (wantedMs === Number.POSITIVE_INFINITY || this.#emission.isRunning) return;
    if (this.#alarmAtMs !== null && this.#alarmAtMs <= wantedMs) return;
    this.#alarmAtMs = wantedMs;
    this.ctx.waitUntil(this.ctx.storage.setAlarm(wantedMs));
  }

  #tellHub(nowMs: number): void {
    const region = this.#region;
    if (!region) return;
    region.track(this.#push.isLeasedAt(nowMs));
    const source = {
      takeUpdate: () => region.takeUpdate(Date.now()),
      updateLost: () => region.updateLost(),
    };
    this.ctx.waitUntil(this.#push.push(source, nowMs));
  }
}
