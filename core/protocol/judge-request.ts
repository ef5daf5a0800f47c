/**
 * Judges the records of one request and sorts the accepted ones by region shard, dropping twins. The answer's numbers
 * add up: received = accepted + duplicates + rejected (ING-2, ING-6).
 */
import { canonicalJson } from './canonical-json.ts';
import { EventList, EventRows, IDENTITY, rowCells, SESSION, TIME } from './event-rows.ts';
import { eventFields } from './event-schema.ts';
import { type Hash64, type Identifier, noHash, Ordinals, shardOf } from './identity.ts';
import type { EpochMs } from './ids.ts';
import { type JudgeContext, type Judged, judgeRecord } from './judge.ts';
import { errorsListedMax, eventIdLengthMax, rejectSamplesMax } from './limits.ts';
import type { RegionEntry } from './region.ts';
import type { Reject } from './reject.ts';
import type { RejectSample } from './reject-report.ts';
import { shardsAt } from './shard-plan.ts';
import { TwinTable } from './twin-table.ts';

export interface RequestContext extends JudgeContext {
  readonly producer: string;
  readonly identifier: Identifier;
}

/** Accepted events of one shard, in the order they were sent. */
export interface ShardGroup {
  readonly region: RegionEntry;
  readonly shard: number;
  readonly events: EventList;
  twins: number;
}

/** How many accepted records the door had to complete; their retries may not be recognised (IDN-1). */
export interface Completed {
  withoutId: number;
  withoutTime: number;
  withoutRegion: number;
}

export interface JudgedRequest {
  readonly receivedAtMs: EpochMs;
  readonly received: number;
  readonly accepted: number;
  readonly duplicates: number;
  readonly rejected: number;
  readonly groups: readonly ShardGroup[];
  readonly completed: Completed;
  /** The first errorsListedMax rejects. */
  readonly errors: readonly RejectSample[];
  readonly rejectedByCode: Readonly<Record<string, number>>;
  /** The first rejectSamplesMax rejects as they may be stored: without keys that the sender chose. */
  readonly samples: readonly RejectSample[];
}

export function judgeRequest(records: readonly unknown[], context: RequestContext): JudgedRequest {
  const sorter = new RequestSorter(context, records.length);
  for (const raw of records) sorter.judge(raw);
  return sorter.result();
}

/** Takes the records of a request in their order. */
export class RequestSorter {
  readonly rows: EventRows;
  readonly completed: Completed = { withoutId: 0, withoutTime: 0, withoutRegion: 0 };
  received = 0;
  readonly #context: RequestContext;
  readonly #ordinals = new Ordinals();
  readonly #twins: TwinTable;
  readonly #groups = new Map<number, ShardGroup>();
  readonly #firsts: (ShardGroup | undefined)[] = [];
  readonly #rejects = new Rejects();

  /** `expected`: about how many records there will be. */
  constructor(context: RequestContext, expected: number) {
    this.#context = context;
    this.rows = new EventRows(expected);
    this.#twins = new TwinTable(this.rows);
  }

  /** Judges the next record, whatever it is. */
  judge(raw: unknown): void {
    const judged = judgeRecord(raw, this.#context);
    if (!judged.ok) {
      this.#rejects.add(this.received++, raw, judged);
      return;
    }
    const { identifier, producer } = this.#context;
    const user = judged.userId === null ? noHash : identifier.user(judged.userId);
    const session = judged.sessionId === null ? noHash : identifier.session(producer, judged.sessionId);
    const identity = this.#identity(judged, raw);
    this.rows.write({
      identityHi: identity.hi,
      identityLo: identity.lo,
      userHi: user.hi,
      userLo: user.lo,
      sessionHi: session.hi,
      sessionLo: session.lo,
      ...judged.columns,
    });
    if (!this.keep(judged.region)) return;
    if (judged.eventId === null) this.completed.withoutId++;
    if (!judged.timeGiven) this.completed.withoutTime++;
    if (!judged.regionGiven) this.completed.withoutRegion++;
  }

  /** Counts the record that was written behind the last row, and keeps it; false for a twin. */
  keep(region: RegionEntry): boolean {
    this.received++;
    const { rows } = this;
    const { cells } = rows;
    const at = rows.count * rowCells;
    const shards = shardsAt(region.shardPlan, cells[at + TIME]!);
    const group = shards === 1 ? this.#only(region) : this.#group(region, shardOfRow(cells, at, shards));
    if (this.#twins.holds(region.number)) {
      group.twins++;
      rows.drop();
      return false;
    }
    group.events.order.push(rows.count++);
    return true;
  }

  result(): JudgedRequest {
    const groups = [...this.#groups.values()];
    const rejects = this.#rejects;
    return {
      receivedAtMs: this.#context.receivedAtMs,
      received: this.received,
      accepted: this.rows.count,
      duplicates: groups.reduce((sum, group) => sum + group.twins, 0),
      rejected: rejects.count,
      groups,
      completed: this.completed,
      errors: rejects.errors,
      rejectedByCode: rejects.byCode,
      samples: rejects.errors.slice(0, rejectSamplesMax).map(withoutKeys),
    };
  }

  #identity(judged: Judged, raw: unknown): Hash64 {
    const { identifier, producer } = this.#context;
    const { timeMs } = judged.columns;
    if (judged.eventId !== null) return identifier.ofEvent(producer, judged.eventId, timeMs);
    const canonical = canonicalJson(raw);
    return identifier.ofRecord(producer, canonical, this.#ordinals.next(canonical), timeMs);
  }

  /** Of the first shard, most often the only one: by the region, without a look at its session. */
  #only(region: RegionEntry): ShardGroup {
    const known = this.#firsts[region.number];
    if (known) return known;
    const group = this.#group(region, 0);
    this.#firsts[region.number] = group;
    return group;
  }

  #group(region: RegionEntry, shard: number): ShardGroup {
    const key = region.number * 256 + shard;
    const known = this.#groups.get(key);
    if (known) return known;
    const group: ShardGroup = { region, shard, events: new EventList(this.rows), twins: 0 };
    this.#groups.set(key, group);
    return group;
  }
}

function shardOfRow(cells: Float64Array, at: number, shards: number): number {
  const session = { hi: cells[at + SESSION]!, lo: cells[at + SESSION + 1]! };
  const identity = { hi: cells[at + IDENTITY]!, lo: cells[at + IDENTITY + 1]! };
  return shardOf(session, identity, shards);
}

class Rejects {
  count = 0;
  readonly errors: RejectSample[] = [];
  readonly byCode: Record<string, number> = {};

  add(index: number, raw: unknown, { code, pointer, message }: Reject): void {
    this.count++;
    this.byCode[code] = (this.byCode[code] ?? 0) + 1;
    if (this.errors.length < errorsListedMax)
      this.errors.push({ index, id: idOf(raw), code, pointer, message });
  }
}

/** The event id of a rejected record, if it is one that could have been accepted. */
function idOf(raw: unknown): string | null {
  if (typeof raw !== 'object' || raw === null || !Object.hasOwn(raw, 'event_id')) return null;
  const id = (raw as { event_id: unknown }).event_id;
  if (typeof id === 'number') return Number.isSafeInteger(id) ? String(id) : null;
  const fits = typeof id === 'string' && id !== '' && id.length <= eventIdLengthMax && id.isWellFormed();
  return fits ? id : null;
}

/** Pointers below ext and to unknown fields hold keys that the sender chose, which might be anything. */
function withoutKeys(error: RejectSample): RejectSample {
  const [, field = ''] = error.pointer.split('/');
  if (!eventFields().has(field)) return { ...error, pointer: '' };
  return field === 'ext' ? { ...error, pointer: '/ext' } : error;
}
