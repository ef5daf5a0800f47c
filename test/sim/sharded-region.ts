/** A region of several shards in simulated time: their machines and stores, the calls between head and peers, and D1. */
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import type { AlertRule } from '../../core/alert/alert-rule.ts';
import type { ShardAnswer } from '../../core/alert/peers.ts';
import type { AcceptedEvent } from '../../core/protocol/accepted-event.ts';
import { decodeChunkHeader } from '../../core/protocol/chunk.ts';
import { identitiesMax } from '../../core/protocol/limits.ts';
import { type ShardPlan, shardsAt, shardsEver } from '../../core/protocol/shard-plan.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import { COUNTED, decodeLogRow } from '../../core/window/log-row.ts';
import { Region } from '../../core/window/region.ts';
import { buildChunk } from '../support/build-chunk.ts';
import { sealAll } from '../support/seal-all.ts';
import { Database, ShardStore } from './shard-store.ts';

/** What goes wrong; each is asked anew where it may. */
export interface Troubles {
  /** The object dies before its effects are stored. */
  dies(): boolean;
  /** A call between two shards does not come through. */
  fails(): boolean;
}

const noTroubles: Troubles = { dies: () => false, fails: () => false };

export class SimShard {
  readonly number: number;
  readonly store: ShardStore;
  readonly database = new Database();
  readonly counted: AcceptedEvent[] = [];
  readonly sent: (readonly AcceptedEvent[])[] = [];
  region: Region | null = null;
  alarmAtMs: number | null = null;

  constructor(number: number) {
    this.number = number;
    this.store = new ShardStore({ regionNumber: 1, shard: number, generation: 0, incarnation: 1 });
  }
}

export class ShardedRegion {
  readonly shards: readonly SimShard[];
  readonly alerts = new Database();
  readonly #plan: ShardPlan;
  readonly #rules: readonly AlertRule[];
  readonly #troubles: Troubles;
  /** Of each shard; of WIN-8. */
  readonly #caps: { readonly identitiesMax: number };
  nowMs: number;
  rounds = 0;
  deaths = 0;

  constructor(
    plan: ShardPlan,
    rules: readonly AlertRule[],
    startMs: number,
    troubles = noTroubles,
    caps = { identitiesMax },
  ) {
    this.#caps = caps;
    this.#plan = plan;
    this.#rules = rules;
    this.#troubles = troubles;
    this.nowMs = startMs;
    const count = shardsEver({ shardPlan: plan });
    this.shards = Array.from({ length: count }, (_, number) => new SimShard(number));
    this.#act(this.head, (region) => this.#setUp(region));
  }

  get head(): SimShard {
    return this.shards[0] as SimShard;
  }

  /** Which shard an event goes to: as at the door, by what its twin repeats. */
  shardOf({ timeMs, identityLo }: AcceptedEvent): SimShard {
    return this.shards[identityLo % shardsAt(this.#plan, timeMs)] as SimShard;
  }

  /** One consumer batch: what a dead object did not store is delivered again. */
  deliver(events: readonly AcceptedEvent[], receivedAtMs = this.nowMs): void {
    for (const [shard, own] of Map.groupBy(events, (event) => this.shardOf(event))) {
      const firstNumber = shard.sent.reduce((sum, { length }) => sum + length, 0);
      shard.sent.push(own);
      const chunk = buildChunk(own, { shard: shard.number, firstNumber, receivedAtMs });
      while (!this.#act(shard, (region) => region.receive([chunk], this.nowMs).effects));
    }
  }

  /** Alarms that are due until then, in the order of time. */
  passTo(untilMs: number): void {
    for (let alarms = 0; ; alarms++) {
      const due = this.shards.filter(({ alarmAtMs }) => alarmAtMs !== null && alarmAtMs <= untilMs);
      const [next] = due.sort((a, b) => (a.alarmAtMs ?? 0) - (b.alarmAtMs ?? 0));
      if (!next) break;
      if (alarms > 100_000) throw new Error('the alarms do not end');
      this.nowMs = Math.max(this.nowMs, next.alarmAtMs ?? 0);
      this.alarm(next);
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  alarm(shard: SimShard): void {
    shard.alarmAtMs = null;
    if (!shard.region && shard.store.rows.length === 0 && shard !== this.head) return;
    this.#act(shard, (region) => [
      ...(shard === this.head ? this.#setUp(region) : []),
      ...region.tick(this.nowMs),
      ...region.judge(this.nowMs),
    ]);
    if (shard === this.head) this.round();
    else this.#callHead(shard);
    this.#emit(shard);
    this.#act(shard, (region) => region.maintain(this.nowMs));
    if (shard.region?.log.tellSealer(this.nowMs)) this.#act(shard, sealAll);
    this.#act(shard, (region) => region.maintain(this.nowMs));
  }

  /** The head asks the others, and judges. */
  round(): void {
    const { shards, request } = this.#of(this.head).shared.asks();
    if (shards.length === 0) return;
    this.rounds++;
    const answers = new Map<number, ShardAnswer>();
    for (const number of shards) answers.set(number, this.#report(this.shards[number] as SimShard, request));
    this.#act(this.head, (region) => region.hear(answers, this.nowMs));
    this.#act(this.head, (region) => region.maintain(this.nowMs));
  }

  kill(shard: SimShard): void {
    this.deaths++;
    shard.region = null;
  }

  /** A person closes one of the alerts that fire; which one it was. */
  close(pick: (firing: readonly AlertRecord[]) => AlertRecord | undefined): AlertRecord | null {
    this.round();
    const region = this.#of(this.head);
    const one = pick(region.answer(this.nowMs).alerts.filter(({ state }) => state === 'firing'));
    if (!one) return null;
    const { outcome, effects } = region.closeAlert(one.id, this.nowMs, 'ada');
    this.head.store.carryOut(effects);
    const closed = region.answer(this.nowMs).alerts.find(({ id }) => id === one.id);
    return outcome === 'closed' ? (closed ?? null) : null;
  }

  #report(shard: SimShard, request: Parameters<Region['report']>[0]): ShardAnswer {
    if (this.#troubles.fails()) return undefined;
    if (shard.store.rows.length === 0 && !shard.region) return null;
    let report: ShardAnswer;
    const isStored = this.#act(shard, (region) => {
      const told = region.report(request, this.nowMs);
      report = told.report;
      return told.effects;
    });
    return isStored ? report : undefined;
  }

  #callHead(peer: SimShard): void {
    const isThere = !this.#troubles.fails();
    if (isThere) this.round();
    const through = isThere ? this.#of(this.head).shared.foldedThrough : null;
    this.#act(peer, (region) => {
      region.shared.told(through, this.nowMs);
      return [];
    });
  }

  #emit(shard: SimShard): void {
    const region = this.#of(shard);
    const alerts = region.dueAlerts(this.nowMs);
    this.alerts.saveAlerts(alerts);
    if (alerts.length > 0) this.#act(shard, () => region.confirmAlerts(alerts));
    const due = this.#of(shard).dueWindows(this.nowMs);
    shard.database.save(due);
    if (due.length > 0) this.#act(shard, (of) => of.confirm(due, this.nowMs));
    for (const hour of this.#of(shard).dueHours(this.nowMs)) this.#of(shard).hourWritten(hour);
  }

  #setUp(region: Region): RegionEffect[] {
    const shardPlan = this.#plan.length > 0 ? { shardPlan: this.#plan } : {};
    return region.setUpAlerts({ region: 'Nowhere', rules: this.#rules, ...shardPlan });
  }

  #of(shard: SimShard): Region {
    shard.region ??= new Region(shard.store.source(), this.nowMs, this.#caps);
    return shard.region;
  }

  /** False where the object died before what came of it was stored. */
  #act(shard: SimShard, step: (region: Region) => readonly RegionEffect[]): boolean {
    const region = this.#of(shard);
    const effects = step(region);
    if (this.#troubles.dies()) {
      this.kill(shard);
      return false;
    }
    for (const effect of effects) if (effect.kind === 'append') this.#noteCounted(shard, effect.body);
    shard.store.carryOut(effects);
    const wantedMs = region.nextWakeMs(this.nowMs);
    if (wantedMs !== null) shard.alarmAtMs = Math.min(wantedMs, shard.alarmAtMs ?? Number.POSITIVE_INFINITY);
    return true;
  }

  #noteCounted(shard: SimShard, body: Uint8Array): void {
    const sent = shard.sent.flat();
    for (const { bytes, verdicts } of decodeLogRow(body).chunks) {
      const { firstNumber, count } = decodeChunkHeader(bytes);
      for (let i = 0; i < count; i++)
        if (!verdicts || verdicts[i] === COUNTED) shard.counted.push(sent[firstNumber + i] as AcceptedEvent);
    }
  }
}
