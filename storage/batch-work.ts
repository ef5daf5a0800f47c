/** What a run keeps between its steps, in R2 under `FOLDER/RUN/`; it goes when the run is over. */
import { StoredDataError } from './stored-data-error.ts';

const lakeWork = 'lake/work';
/** R2 deletes so many at once. */
const deletedAtOnceMax = 1000;

export class BatchWork {
  readonly #bucket: R2Bucket;
  readonly #prefix: string;

  constructor(bucket: R2Bucket, runId: string, folder = lakeWork) {
    this.#bucket = bucket;
    this.#prefix = `${folder}/${runId}/`;
  }

  async save(name: string, value: unknown): Promise<void> {
    await this.#bucket.put(this.#prefix + name, JSON.stringify(value));
  }

  /** Throws StoredDataError where it is not there: what wrote it is over. */
  async load<T>(name: string): Promise<T> {
    const held = await this.#bucket.get(this.#prefix + name);
    if (!held) throw new StoredDataError(this.#prefix, name, 'is gone');
    return await held.json<T>();
  }

  async saveBytes(name: string, bytes: Uint8Array): Promise<void> {
    await this.#bucket.put(this.#prefix + name, bytes);
  }

  /** Null where it is not there. */
  async loadBytes(name: string): Promise<Uint8Array | null> {
    const held = await this.#bucket.get(this.#prefix + name);
    return held && new Uint8Array(await held.arrayBuffer());
  }

  /** Throws StoredDataError where it is not there. */
  async loadRange(name: string, range: R2Range): Promise<Uint8Array> {
    const held = await this.#bucket.get(this.#prefix + name, { range });
    if (!held) throw new StoredDataError('lake/work', name, 'is gone');
    return new Uint8Array(await held.arrayBuffer());
  }

  async clear(): Promise<void> {
    for (;;) {
      const { objects, truncated } = await this.#bucket.list({
        prefix: this.#prefix,
        limit: deletedAtOnceMax,
      });
      if (objects.length > 0) await this.#bucket.delete(objects.map(({ key }) => key));
      if (!truncated) return;
    }
  }
}
