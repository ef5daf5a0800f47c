/** LOG-4: which of each door's numbers a shard has seen, so that a chunk delivered again at any age is recognised. */
import type { ChunkHeader } from '../protocol/chunk-header.ts';
import { queueRetentionMs } from '../protocol/limits.ts';
import { type DoorHole, gapsOf, type HoleEnd, HoleEnds, unionOf } from './door-holes.ts';
import { IntervalSet } from './interval-set.ts';

interface Door {
  birthMs: number;
  /** Newest time of receipt among its chunks; after the queue's retention past it the door is forgotten. */
  lastReceivedAtMs: number;
  readonly committed: IntervalSet;
  readonly refused: IntervalSet;
  readonly voided: IntervalSet;
  readonly holeEnds: HoleEnds;
}

/**
 * One door in stored form: [door, birth, last receipt, committed, refused, voided, ends of holes]; intervals are flat
 * bounds. The last is missing where there are no holes, and in snapshots from before they were noted.
 */
export type StoredDoor = readonly [
  string,
  number,
  number,
  readonly number[],
  readonly number[],
  readonly number[],
  (readonly HoleEnd[])?,
];

export type ChunkStanding = 'new' | 'seen' | 'voided' | 'overlap';

export class DoorLedger {
  readonly #doors = new Map<string, Door>();

  constructor(stored: readonly StoredDoor[] = []) {
    for (const [door, birthMs, lastReceivedAtMs, committed, refused, voided, ends] of stored) {
      this.#doors.set(door, {
        birthMs,
        lastReceivedAtMs,
        committed: new IntervalSet(committed),
        refused: new IntervalSet(refused),
        voided: new IntervalSet(voided),
        holeEnds: new HoleEnds(ends),
      });
    }
  }

  get size(): number {
    return this.#doors.size;
  }

  /**
   * How a chunk stands: `seen` when its numbers are in the log, `voided` when its door declared them void (its sending
   * failed, and the records may have come again under other numbers), `overlap` when they clash with others.
   */
  standing(header: ChunkHeader): ChunkStanding {
    const door = this.#doors.get(header.door);
    if (!door) return 'new';
    const from = header.firstNumber;
    const to = from + header.count;
    if (door.committed.containsAll(from, to)) return 'seen';
    if (door.committed.intersects(from, to)) return 'overlap';
    return door.voided.intersects(from, to) ? 'voided' : 'new';
  }

  /** The chunk's numbers are in the log now; takes over what its header declares void. */
  commit(header: ChunkHeader): void {
    const door = this.#touch(header);
    door.committed.add(header.firstNumber, header.firstNumber + header.count);
    // A voided chunk that had come earlier stays committed: standing asks committed first, which cancels the void.
    for (const [from, to] of header.voids) door.voided.add(from, to);
    noteHoles(door, header);
  }

  refuse(header: ChunkHeader): void {
    const door = this.#touch(header);
    door.refused.add(header.firstNumber, header.firstNumber + header.count);
    noteHoles(door, header);
  }

  get doors(): readonly string[] {
    return [...this.#doors.keys()];
  }

  /** Numbers that were given out and not seen: on their way, or lost. */
  holes(): DoorHole[] {
    return [...this.#doors].flatMap(([name, door]) => holesOf(name, door));
  }

  /** Doors worth storing: those whose messages the queue may still hold. */
  stored(nowMs: number): StoredDoor[] {
    const kept: StoredDoor[] = [];
    for (const [name, door] of this.#doors) {
      if (door.lastReceivedAtMs + queueRetentionMs < nowMs) {
        this.#doors.delete(name);
        continue;
      }
      const { birthMs, lastReceivedAtMs, committed, refused, voided } = door;
      const ends = door.holeEnds.stored(knownOf(door));
      const bounds = [committed.bounds, refused.bounds, voided.bounds] as const;
      const head = [name, birthMs, lastReceivedAtMs, ...bounds] as const;
      kept.push(ends.length > 0 ? [...head, ends] : head);
    }
    return kept;
  }

  #touch(header: ChunkHeader): Door {
    let door = this.#doors.get(header.door);
    if (!door) {
      door = {
        birthMs: header.doorBirthMs,
        lastReceivedAtMs: header.receivedAtMs,
        committed: new IntervalSet(),
        refused: new IntervalSet(),
        voided: new IntervalSet(),
        holeEnds: new HoleEnds(),
      };
      this.#doors.set(header.door, door);
    }
    door.lastReceivedAtMs = Math.max(door.lastReceivedAtMs, header.receivedAtMs);
    return door;
  }
}

const knownOf = ({ committed, refused, voided }: Door): IntervalSet => unionOf(committed, refused, voided);

/** Most doors have no hole: one interval from 0 on. */
function noteHoles(door: Door, header: ChunkHeader): void {
  const { bounds } = door.committed;
  const others = door.refused.bounds.length + door.voided.bounds.length;
  if (bounds.length === 2 && bounds[0] === 0 && others === 0) return;
  door.holeEnds.note(header, knownOf(door));
}

function holesOf(name: string, door: Door): DoorHole[] {
  return gapsOf(knownOf(door)).flatMap(([from, to]) => {
    const [, receivedAtMs, producer] = door.holeEnds.of(to) ?? [to, door.lastReceivedAtMs, ''];
    // A door that was forgotten and comes again: what lies before its next chunk was seen, or is noted as missing.
    if (from === 0 && receivedAtMs - door.birthMs > queueRetentionMs) return [];
    return [{ door: name, from, to, producer, receivedAtMs }];
  });
}
