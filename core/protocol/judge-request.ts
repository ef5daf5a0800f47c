/**
 * Judges the records of one request and sorts the accepted ones by region shard, dropping twins. The answer's numbers
 * add up: received = accepted + duplicates + rejected (ING-2, ING-6).
 */
import type { AcceptedEvent } from './accepted-event.ts';
import { canonicalJson } from './canonical-json.ts';
import { eventFields } from './event-schema.ts';
import { type Hash64, type Identifier, noHash, Ordinals, shardOf } from './identity.ts';
import type { EpochMs } from './ids.ts';
import { type JudgeContext, type Judged, judgeRecord } from './judge.ts';
import { errorsListedMax, eventIdLengthMax, rejectSamplesMax } from './limits.ts';
import type { RegionEntry } from './region.ts';
import type { Reject } from './reject.ts';
import type { RejectSample } from './reject-report.ts';
import { shardsAt } from './shard-plan.ts';

export interface RequestContext extends JudgeContext {
  readonly producer: string;
  readonly identifier: Identifier;
}

/** Accepted events of one shard, in the order they were sent. */
export interface ShardGroup {
  readonly region: RegionEntry;
  readonly shard: number;
  readonly events: AcceptedEvent[];
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
  const sorter = new Sorter(context);
  const rejects = new Rejects();
  for (const [index, raw] of records.entries()) {
    const judged = judgeRecord(raw, context);
    if (judged.ok) sorter.add(judged, raw);
    else rejects.add(index, raw, judged);
  }
  const groups = [...sorter.groups.values()];
  const accepted = groups.reduce((sum, group) => sum + group.events.length, 0);
  const duplicates = groups.reduce((sum, group) => sum + group.twins, 0);
  return {
    receivedAtMs: context.receivedAtMs,
    received: records.length,
    accepted,
    duplicates,
    rejected: rejects.count,
    groups,
    completed: sorter.completed,
    errors: rejects.errors,
    rejectedByCode: rejects.byCode,
    samples: rejects.errors.slice(0, rejectSamplesMax).map(withoutKeys),
  };
}

class Sorter {
  readonly #context: RequestContext;
  readonly #ordinals = new Ordinals();
  readonly #seen = new Set<string>();
  readonly groups = new Map<number, ShardGroup>();
  readonly completed: Completed = { withoutId: 0, withoutTime: 0, withoutRegion: 0 };

  constructor(context: RequestContext) {
    this.#context = context;
  }

  add(judged: Judged, raw: unknown): void {
    const { identifier, producer } = this.#context;
    const user = judged.userId === null ? noHash : identifier.user(judged.userId);
    const session = judged.sessionId === null ? noHash : identifier.session(producer, judged.sessionId);
    const identity = this.#identity(judged, raw);
    const shards = shardsAt(judged.region.shardPlan, judged.columns.timeMs);
    const group = this.#group(judged.region, shardOf(session, identity, shards));
    const twin = `${judged.region.number},${identity.hi},${identity.lo},${session.hi},${session.lo}`;
    if (this.#seen.has(twin)) {
      group.twins++;
      return;
    }
    this.#seen.add(twin);
    if (judged.eventId === null) this.completed.withoutId++;
    if (!judged.timeGiven) this.completed.withoutTime++;
    if (!judged.regionGiven) this.completed.withoutRegion++;
    group.events.push(accepted(judged, identity, user, session));
  }

  #identity(judged: Judged, raw: unknown): Hash64 {
    const { identifier, producer } = this.#context;
    const { timeMs } = judged.columns;
    if (judged.eventId !== null) return identifier.ofEvent(producer, judged.eventId, timeMs);
    const canonical = canonicalJson(raw);
    return identifier.ofRecord(producer, canonical, this.#ordinals.next(canonical), timeMs);
  }

  #group(region: RegionEntry, shard: number): ShardGroup {
    const key = region.number * 256 + shard;
    const known = this.groups.get(key);
    if (known) return known;
    const group: ShardGroup = { region, shard, events: [], twins: 0 };
    this.groups.set(key, group);
    return group;
  }
}

function accepted(judged: Judged, identity: Hash64, user: Hash64, session: Hash64): AcceptedEvent {
  return {
    identityHi: identity.hi,
    identityLo: identity.lo,
    userHi: user.hi,
    userLo: user.lo,
    sessionHi: session.hi,
    sessionLo: session.lo,
    ...judged.columns,
  };
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
  if (!eventFields.has(field)) return { ...error, pointer: '' };
  return field === 'ext' ? { ...error, pointer: '/ext' } : error;
}
