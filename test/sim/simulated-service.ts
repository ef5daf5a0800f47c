/** The real door core and a real shard machine for each region, in simulated time: records in, alerts and totals out. */
import type { AlertRecord } from '../../core/alert/alert-record.ts';
import { builtInRules } from '../../core/alert/built-in-rules.ts';
import { splitIntoChunks } from '../../core/protocol/chunk.ts';
import { epochMs } from '../../core/protocol/ids.ts';
import { judgeBody } from '../../core/protocol/judge-body.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { RegionDirectory } from '../../core/protocol/region-directory.ts';
import type { RegionEffect } from '../../core/window/effect.ts';
import { Region } from '../../core/window/region.ts';
import { trafficRegions } from '../../tools/producer/regions.ts';
import type { OutgoingRecord } from '../../tools/producer/scenario.ts';
import type { SendPlan } from '../../tools/producer/send-plan.ts';
import { Door } from '../../workers/ingest/door.ts';
import { emptySource } from '../support/empty-source.ts';
import { testIdentifier } from '../support/judge-context.ts';
import { sealAll } from '../support/seal-all.ts';

/** As in migrations: the numbers follow the order of the names. */
const entries: readonly RegionEntry[] = trafficRegions.map(({ name }, n) => ({
  number: n + 1,
  name,
  continent: '',
  latitude: 0,
  longitude: 0,
}));

/** From the due time of a request's last record to its commit in the shards. */
const deliveryMs = 300;
/** Records of so long go in one request. */
const requestMs = 1_000;

export interface Accounts {
  /** At the door. */
  accepted: number;
  twins: number;
  rejected: Record<string, number>;
  /** In the shards. */
  counted: number;
  duplicates: number;
  late: number;
}

export class SimulatedService {
  readonly #directory = new RegionDirectory(entries);
  readonly #identifier = testIdentifier();
  readonly #door: Door;
  readonly #regions: ReadonlyMap<number, Region>;
  readonly #wakesAtMs = new Map<number, number>();
  /** Every alert that was ever told of, in its last state. */
  readonly #alerts = new Map<string, AlertRecord>();
  readonly #atTheDoor = { accepted: 0, twins: 0, rejected: {} as Record<string, number> };
  #nowMs: number;

  constructor(startMs: number) {
    this.#nowMs = startMs;
    this.#door = new Door('000000000000000a', startMs);
    this.#regions = new Map(entries.map((entry) => [entry.number, newRegion(entry, startMs)]));
  }

  /** Plays all that is due before `untilMs`, and lets time pass until then; `onTaken` hears of it. */
  play(plan: SendPlan, untilMs: number, onTaken: (records: readonly OutgoingRecord[]) => void): void {
    while (plan.takenTo < untilMs) {
      const toMs = Math.min(plan.takenTo + requestMs, untilMs);
      const records = plan.take(toMs);
      onTaken(records);
      this.pass(toMs + deliveryMs);
      if (records.length > 0) this.deliver(records);
    }
  }

  /** Lets time pass without events. */
  pass(untilMs: number): void {
    for (;;) {
      let next: number | null = null;
      for (const [number, atMs] of this.#wakesAtMs)
        if (atMs <= untilMs && atMs < (next === null ? Infinity : (this.#wakesAtMs.get(next) ?? 0)))
          next = number;
      if (next === null) break;
      this.#nowMs = Math.max(this.#nowMs, this.#wakesAtMs.get(next) ?? 0);
      this.#wake(next);
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** One request. */
  deliver(records: readonly OutgoingRecord[]): void {
    const isBroken = records.some(({ code }) => code === 'invalid_json');
    const body = records.map(({ text }) => text).join(isBroken ? '\n' : ',');
    const bytes = new TextEncoder().encode(isBroken ? body : `[${body}]`);
    const receivedAtMs = epochMs(this.#nowMs);
    const verdicts = judgeBody(bytes, isBroken ? 'lines' : 'json', {
      receivedAtMs,
      regions: this.#directory,
      nearest: null,
      regionScope: null,
      producer: 'local',
      identifier: this.#identifier,
    });
    if (!verdicts.ok) throw new Error(verdicts.detail);
    const { judged } = verdicts;
    this.#atTheDoor.accepted += judged.accepted;
    this.#atTheDoor.twins += judged.duplicates;
    for (const [code, count] of Object.entries(judged.rejectedByCode))
      this.#atTheDoor.rejected[code] = (this.#atTheDoor.rejected[code] ?? 0) + count;
    for (const { region, shard, events, twins } of judged.groups) {
      const { firstNumber, voids } = this.#door.takeNumbers(region.number, shard, events.length);
      const { id: door, birthMs: doorBirthMs } = this.#door;
      const place = { regionNumber: region.number, shard, door, doorBirthMs, receivedAtMs };
      const head = { ...place, firstNumber, producer: 'local', pseudonymVersion: 1, twins, voids };
      this.#commit(region.number, splitIntoChunks(head, events));
    }
  }

  get alerts(): readonly AlertRecord[] {
    return [...this.#alerts.values()].sort((a, b) => a.createdAtMs - b.createdAtMs);
  }

  get accounts(): Accounts {
    const accounts = { ...this.#atTheDoor, counted: 0, duplicates: 0, late: 0 };
    for (const region of this.#regions.values()) {
      const { late, duplicates, counted } = region.totals;
      accounts.late += late;
      accounts.duplicates += duplicates;
      accounts.counted += counted;
    }
    return accounts;
  }

  #commit(number: number, chunks: readonly Uint8Array[]): void {
    const region = this.#region(number);
    const { verdicts, effects } = region.receive(chunks, this.#nowMs);
    if (verdicts.some(({ verdict }) => verdict !== 'committed')) throw new Error(JSON.stringify(verdicts));
    this.#after(number, region, effects);
  }

  /** What the object does at its alarm, with a database that takes everything at once. */
  #wake(number: number): void {
    const region = this.#region(number);
    const effects = region.tick(this.#nowMs);
    const due = region.dueWindows(this.#nowMs);
    if (due.length > 0) region.confirm(due, this.#nowMs);
    for (const hour of region.dueHours(this.#nowMs)) region.hourWritten(hour);
    if (region.log.tellSealer(this.#nowMs)) sealAll(region);
    region.maintain(this.#nowMs);
    this.#after(number, region, effects);
  }

  #after(number: number, region: Region, effects: readonly RegionEffect[]): void {
    if (effects.some(({ kind }) => kind === 'alerts')) {
      const due = region.dueAlerts(this.#nowMs);
      for (const record of due) this.#alerts.set(record.id, record);
      region.confirmAlerts(due);
    }
    const wakesAtMs = region.nextWakeMs(this.#nowMs);
    if (wakesAtMs === null) this.#wakesAtMs.delete(number);
    else this.#wakesAtMs.set(number, wakesAtMs);
  }

  #region(number: number): Region {
    return this.#regions.get(number) as Region;
  }
}

function newRegion({ number, name }: RegionEntry, startMs: number): Region {
  const origin = { ...emptySource.origin, regionNumber: number };
  const region = new Region({ ...emptySource, origin }, startMs);
  region.setUpAlerts({ region: name, rules: builtInRules });
  return region;
}
