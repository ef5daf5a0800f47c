/**
 * Keys of the rows of one file that were met so far (ETL-3), by a keyed hash of 64 bits: of two rows with one key the
 * first is kept. The set is in memory as long as the isolate lives; each slice also leaves its keys in R2, of which
 * another isolate makes the set anew. Two different keys of 2,000,000 have one hash once in ten million files.
 */
import type { Hash64 } from '../../core/protocol/identity.ts';
import { IdentitySet } from '../../core/window/identity-set.ts';
import type { BatchWork } from '../batch-work.ts';
import { StoredDataError } from '../stored-data-error.ts';

interface Place {
  readonly file: number;
  readonly chunk: number;
}

const nameOf = ({ file, chunk }: Place): string => `keys-${file}-${chunk}`;

export class SeenKeys {
  readonly #work: BatchWork;
  /** With all slices before a place; null while one is being added. */
  #held: { readonly before: Place; readonly set: IdentitySet } | null = null;

  constructor(work: BatchWork) {
    this.#work = work;
  }

  /**
   * The set as it is before a slice, for this caller alone: he adds to it, and says `done`. One who does not is followed by
   * a new set: a step that lasts too long is tried again beside itself.
   */
  async before(place: Place): Promise<IdentitySet> {
    const held = this.#held;
    this.#held = null;
    if (held?.before.file === place.file && held.before.chunk === place.chunk) return held.set;
    const set = new IdentitySet();
    for (let chunk = 0; chunk < place.chunk; chunk++) {
      const name = nameOf({ file: place.file, chunk });
      const bytes = await this.#work.loadBytes(name);
      if (!bytes) throw new StoredDataError('etl/work', name, 'is gone');
      const halves = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      for (let at = 0; at < halves.length; at += 2) set.add(halves[at] ?? 0, halves[at + 1] ?? 0);
    }
    return set;
  }

  async done(place: Place, set: IdentitySet, added: readonly Hash64[]): Promise<void> {
    const halves = Uint32Array.from(added.flatMap(({ hi, lo }) => [hi, lo]));
    await this.#work.saveBytes(nameOf(place), new Uint8Array(halves.buffer));
    this.#held = { before: { file: place.file, chunk: place.chunk + 1 }, set };
  }
}
