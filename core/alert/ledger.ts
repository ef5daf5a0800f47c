/**
 * The alerts that a shard has recorded, each in its last state, and which of them D1 holds. What the windows say now
 * is held against it: the difference is recorded, once (ALR-1).
 */
import { alertsHeldMax } from '../protocol/limits.ts';
import type { WindowOrigin } from '../window/window-state.ts';
import type { AlertRecord } from './alert-record.ts';
import { type Episode, trackId } from './fold.ts';
import { closedBy, correctedAway, type Heard, newRecord, revised } from './record.ts';

interface Entry {
  readonly record: AlertRecord;
  /** Newest change of it that D1 has confirmed; -1 before. */
  readonly confirmedChange: number;
  /** The window (epoch minute) that its id names; late data may have moved the alert since. */
  readonly idMinute: number;
}

export interface StoredLedger {
  readonly change: number;
  readonly entries: readonly Entry[];
}

export class AlertLedger {
  readonly #origin: WindowOrigin;
  readonly #entries: Map<string, Entry>;
  #change: number;
  /** What ended up to this window (epoch minute) is no longer among the episodes. */
  #baseMinute = Number.NEGATIVE_INFINITY;

  constructor(origin: WindowOrigin, stored: StoredLedger | null) {
    this.#origin = origin;
    this.#change = stored?.change ?? 0;
    this.#entries = new Map((stored?.entries ?? []).map((entry) => [entry.record.id, entry]));
  }

  get stored(): StoredLedger {
    return { change: this.#change, entries: [...this.#entries.values()] };
  }

  /** Rises with every change of an alert. */
  get change(): number {
    return this.#change;
  }

  get records(): readonly AlertRecord[] {
    return [...this.#entries.values()].map(({ record }) => record);
  }

  /** States that D1 lacks. */
  get due(): readonly AlertRecord[] {
    const lacking = [...this.#entries.values()].filter(
      (one) => one.confirmedChange < one.record.revision.change,
    );
    return lacking.map(({ record }) => record);
  }

  find(id: string): AlertRecord | null {
    return this.#entries.get(id)?.record ?? null;
  }

  /** Records where the episodes say something else. They begin behind `baseMinute`: what ended before stands. */
  compare(episodes: readonly Episode[], baseMinute: number, heard: Heard): void {
    this.#baseMinute = baseMinute;
    const left = new Set(this.records.filter((record) => endOf(record) > baseMinute));
    const pair = (episode: Episode, isSame: (record: AlertRecord) => boolean): boolean => {
      const record = [...left].find((one) => trackOf(one) === episode.trackId && isSame(one));
      if (!record) return false;
      left.delete(record);
      const next = revised(record, episode, heard);
      if (next) this.#put(next);
      return true;
    };
    // Those that fired at the same window first: what overlaps may be another's.
    const others = episodes.filter(
      (episode) => !pair(episode, (record) => record.windowMinute === episode.fired.minute),
    );
    const fresh = others.filter((episode) => !pair(episode, (record) => overlaps(record, episode)));
    for (const record of left) {
      const gone = correctedAway(record, heard);
      if (gone) this.#put(gone);
    }
    for (const episode of fresh) {
      this.#put(newRecord(episode, this.#origin, this.#freeId(episode), heard), episode.fired.minute);
    }
  }

  close(record: AlertRecord, minute: number, nowMs: number, by: string): void {
    this.#put(closedBy(record, minute, nowMs, by));
  }

  /** D1 holds these states. */
  confirm(records: readonly AlertRecord[]): void {
    for (const { id, revision } of records) {
      const entry = this.#entries.get(id);
      if (!entry) continue;
      const confirmedChange = Math.max(entry.confirmedChange, revision.change);
      this.#entries.set(id, { ...entry, confirmedChange });
    }
  }

  /** Forgets what D1 holds and what nothing can change any more: neither late data nor waking before `keptMinute`. */
  forget(keptMinute: number): void {
    for (const [id, { record, confirmedChange, idMinute }] of this.#entries) {
      const isConfirmed = confirmedChange >= record.revision.change;
      if (isConfirmed && Math.max(endOf(record), idMinute) <= keptMinute) this.#entries.delete(id);
    }
  }

  /** Late data may move an alert to another window, whose own alert then finds the id taken. */
  #freeId({ rule, key, fired }: Episode): string {
    const name = key === null ? '' : `.${encodeURIComponent(key.toWellFormed())}`;
    const id = `${rule.id}.${rule.version}.${this.#origin.regionNumber}.${fired.minute}${name}`;
    let free = id;
    for (let n = 2; this.#entries.has(free); n++) free = `${id}~${n}`;
    return free;
  }

  #put(record: AlertRecord, idMinute = record.windowMinute): void {
    const { generation, incarnation } = this.#origin;
    const revision = { generation, incarnation, change: ++this.#change };
    const held = this.#entries.get(record.id);
    const { confirmedChange } = held ?? { confirmedChange: -1 };
    const next = { record: { ...record, revision }, confirmedChange, idMinute: held?.idMinute ?? idMinute };
    this.#entries.set(record.id, next);
    if (this.#entries.size > alertsHeldMax) this.#dropOne();
  }

  /** The book is one row of the object's storage: one too long for it would stop the shard from counting. */
  #dropOne(): void {
    const settled = this.records.find((record) => endOf(record) <= this.#baseMinute);
    if (settled) this.#entries.delete(settled.id);
  }
}

/** The last window that a recorded alert rests on. */
function endOf({ state, windowMinute, resolvedMinute }: AlertRecord): number {
  return state === 'firing'
    ? Number.POSITIVE_INFINITY
    : Math.max(resolvedMinute ?? windowMinute, windowMinute);
}

export function trackOf({ ruleId, ruleVersion, dimensionKey }: AlertRecord): string {
  return trackId({ ruleId, ruleVersion, key: dimensionKey });
}

function overlaps(record: AlertRecord, { fired, resolved }: Episode): boolean {
  return (
    fired.minute <= endOf(record) && record.windowMinute <= (resolved?.minute ?? Number.POSITIVE_INFINITY)
  );
}
