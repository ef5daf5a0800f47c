/** The alerts of a shard as the hub's simulation has them, what D1 holds of them, and what people have said. */
import type { Acknowledgement, AlertRecord } from '../../../core/alert/alert-record.ts';
import type { KnownAlert } from '../../../core/live/hub-state.ts';
import { liveAlertsMs } from '../../../core/protocol/limits.ts';
import type { Random } from '../../sim/random.ts';
import { alertRecord, registry } from './hub-fixture.ts';

export class SimAlerts {
  readonly #regionNumber: number;
  readonly #random: Random;
  /** All that ever were, as they were last. */
  readonly #all = new Map<string, AlertRecord>();
  readonly #listed = new Set<string>();
  readonly #stored = new Map<string, AlertRecord>();
  readonly #words = new Map<string, Acknowledgement>();
  #generation = 0;
  #incarnation = 1;
  #change = 0;

  constructor(regionNumber: number, random: Random) {
    this.#regionNumber = regionNumber;
    this.#random = random;
  }

  /** One fires, or one that fired is resolved or put right. */
  change(now: number): void {
    const id = this.#random.pick([...this.#listed, 'new', 'new']);
    const region = registry.find(({ number }) => number === this.#regionNumber)?.name ?? '';
    const own = { regionNumber: this.#regionNumber, region, createdAtMs: now };
    const fresh = alertRecord(0, { ...own, id: `${this.#regionNumber}/${this.#all.size}` });
    const before = this.#all.get(id) ?? fresh;
    const resolves = id !== 'new' && this.#random.chance(0.6);
    // As if long ago, so that it leaves sight while the history lasts; but later than what is still on its way.
    const resolvedAtMs = now - liveAlertsMs + this.#random.between(15_000, 300_000);
    const resolved = { state: 'resolved', resolution: 'healthy', resolvedMinute: 1, resolvedAtMs } as const;
    this.#put({ ...before, corrections: before.corrections + 1, ...(resolves ? resolved : {}) });
  }

  /** What fires late data judges anew, under a new generation. */
  replay(): void {
    this.#generation++;
    this.#change = 0;
    for (const id of this.#listed) {
      const record = this.#all.get(id);
      if (record) this.#put({ ...record, corrections: record.corrections + 100 });
    }
  }

  /** What D1 has outlives the log. */
  wipe(): void {
    this.store();
    this.#incarnation++;
    this.#change = 0;
    this.#listed.clear();
  }

  /** D1 takes all of them; what is resolved may settle. */
  store(): void {
    for (const [id, record] of this.#all) {
      this.#stored.set(id, record);
      if (record.state === 'resolved' && this.#random.chance(0.5)) this.#listed.delete(id);
    }
  }

  /** A person's word on one that D1 has; D1 has the word first. */
  acknowledge(now: number): { readonly id: string; readonly acknowledgement: Acknowledgement } | null {
    const ids = [...this.#stored.keys()];
    if (ids.length === 0) return null;
    const id = this.#random.pick(ids);
    const acknowledgement = { by: 'ann', atMs: now, comment: `at ${now}` };
    this.#words.set(id, acknowledgement);
    return { id, acknowledgement };
  }

  listed(): AlertRecord[] {
    return [...this.#listed].flatMap((id) => this.#all.get(id) ?? []);
  }

  /** As D1 has them. */
  stored(): KnownAlert[] {
    return [...this.#stored.values()].map((record) => this.#known(record));
  }

  /** What is true. */
  all(): KnownAlert[] {
    return [...this.#all.values()].map((record) => this.#known(record));
  }

  #known(record: AlertRecord): KnownAlert {
    return { record, acknowledgement: this.#words.get(record.id) ?? null };
  }

  #put(record: AlertRecord): void {
    const [generation, incarnation] = [this.#generation, this.#incarnation];
    this.#all.set(record.id, { ...record, revision: { generation, incarnation, change: ++this.#change } });
    this.#listed.add(record.id);
  }
}
