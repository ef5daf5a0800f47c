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
  #set = new IdentitySet();
  /** The slices before it are in the set; null while one is being added. */
  #before: Place | null = null;

  constructor(work: BatchWork) {
    this.#work = work;
  }

  /** The set as it is before a slice. The caller adds to it, and says `done`; one that does not is followed by a new set. */
  async before(place: Place): Promise<IdentitySet> {
    const isReady = this.#before?.file === place.file && this.#before.chunk === place.chunk;
    this.#before = null;
    if (isReady) return this.#set;
    this.#set = new IdentitySet();
    for (let chunk = 0; chunk < place.chunk; chunk++) {
      const name = nameOf({ file: place.file, chunk });
      const bytes = await this.#work.loadBytes(name);
      if (!bytes) throw new StoredDataError('etl/work', name, 'is gone');
      const halves = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
      for (let at = 0; at < halves.length; at += 2) this.#set.add(halves[at] ?? 0, halves[at + 1] ?? 0);
    }
    return this.#set;
  }

  async done(place: Place, added: readonly Hash64[]): Promise<void> {
    const halves = Uint32Array.from(added.flatMap(({ hi, lo }) => [hi, lo]));
    await this.#work.saveBytes(nameOf(place), new Uint8Array(halves.buffer));
    this.#before = { file: place.file, chunk: place.chunk + 1 };
  }
}
