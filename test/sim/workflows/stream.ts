/** The stream of one region: its shard, what it writes to D1, and the parts that its log is sealed into. */
import type { LakeRows } from '../../../core/lake/lake-rows.ts';
import { partName } from '../../../core/lake/part-name.ts';
import { allowedLatenessMs } from '../../../core/protocol/limits.ts';
import { Region } from '../../../core/window/region.ts';
import { rollUpHour } from '../../../storage/hour-store.ts';
import { PartError } from '../../../storage/lake/part-error.ts';
import { savePart } from '../../../storage/part-store.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { buildChunk, buildEvent, type EventFields } from '../../support/build-chunk.ts';
import { loggedEvents, type MadePart, partsOf } from '../../support/logged-events.ts';
import type { Random } from '../random.ts';
import { ShardStore } from '../shard-store.ts';

const hourMs = 3_600_000;
const films = ['film', 'série', '映画', null];

export class Stream {
  readonly regionNumber: number;
  readonly parts = new Map<string, MadePart>();
  /** Parts that R2 does not give as they were written. */
  readonly broken = new Set<string>();
  readonly #random: Random;
  readonly #store: ShardStore;
  #region: Region;
  #sealedRows = 0;
  #unlisted: MadePart[] = [];
  #sent: EventFields[] = [];
  #number = 0;
  #emitting = false;

  constructor(regionNumber: number, random: Random, nowMs: number) {
    this.regionNumber = regionNumber;
    this.#random = random;
    this.#store = new ShardStore({ regionNumber, shard: 0, generation: 0, incarnation: 1 });
    this.#region = new Region(this.#store.source(), nowMs);
  }

  get events(): number {
    return this.#sent.length;
  }

  /** Some events come: most of now, some late, some too late for the stream; and twins of earlier ones. */
  receive(nowMs: number): void {
    const random = this.#random;
    const events = Array.from({ length: random.between(1, 5) }, () => {
      if (this.#sent.length > 0 && random.chance(0.2)) return random.pick(this.#sent);
      const ageMs = random.below(random.pick([20_000, 20_000, 500_000, 6_000_000]));
      const identity = { identityHi: this.regionNumber, identityLo: this.#sent.length + 1 };
      const event = { ...identity, timeMs: nowMs - ageMs, contentId: random.pick(films) };
      this.#sent.push(event);
      return event;
    });
    const header = { regionNumber: this.regionNumber, firstNumber: this.#number, receivedAtMs: nowMs };
    const chunk = buildChunk(events.map(buildEvent), header);
    this.#number += events.length;
    this.#store.carryOut(this.#region.receive([chunk], nowMs).effects);
  }

  /** The object's alarm: windows that are due go to D1, then hours that are over. */
  async emit(db: D1Database, now: () => number): Promise<void> {
    if (this.#emitting) return;
    this.#emitting = true;
    const region = this.#region;
    this.#store.carryOut(region.tick(now()));
    try {
      const due = region.dueWindows(now());
      await saveWindows(db, due);
      this.#store.carryOut(region.confirm(due, now()));
      for (const hour of region.dueHours(now())) {
        await rollUpHour(db, this.regionNumber, 0, hour);
        region.hourWritten(hour);
      }
    } catch {
      region.emissionFailed(now());
    } finally {
      this.#emitting = false;
    }
  }

  owes(nowMs: number): boolean {
    this.#store.carryOut(this.#region.tick(nowMs));
    return this.#region.dueWindows(nowMs).length + this.#region.dueHours(nowMs).length > 0;
  }

  /** The object dies and wakes from its log. */
  die(nowMs: number): void {
    this.#region = new Region(this.#store.source(), nowMs);
    this.#emitting = false;
  }

  /** The log is made parts; whether the hour is sealed: none can come in time any more, and all parts are listed. */
  async seal(db: D1Database, hour: number, nowMs: number): Promise<'sealed' | 'open'> {
    this.#store.carryOut(this.#region.tick(nowMs));
    const rows = this.#store.rows.slice(this.#sealedRows);
    this.#sealedRows += rows.length;
    for (const part of partsOf(loggedEvents(rows), `R${this.regionNumber}`, 4)) {
      this.parts.set(partName(part.address), part);
      this.#unlisted.push(part);
    }
    for (const part of this.#unlisted) {
      const times = part.events.map(({ event }) => event.timeMs);
      const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
      const content = { events: part.events.length, bytes: 1, digest: 'd', formatVersion: 1, fromMs, toMs };
      await savePart(db, this.regionNumber, part.address, content, nowMs);
      this.#unlisted = this.#unlisted.filter((other) => other !== part);
    }
    return this.#region.watermarkMs >= (hour + 1) * hourMs + allowedLatenessMs ? 'sealed' : 'open';
  }

  /** Throws PartError for a part that is broken. */
  rowsOf(name: string): readonly LakeRows[] {
    const part = this.parts.get(name);
    if (!part || this.broken.has(name)) throw new PartError(name, 'is not as it was written');
    return part.groups;
  }

  /** One part is broken now, or none any more. */
  breakParts(): void {
    if (this.broken.size > 0 || this.parts.size === 0) this.broken.clear();
    else this.broken.add(this.#random.pick([...this.parts.keys()]));
  }
}
