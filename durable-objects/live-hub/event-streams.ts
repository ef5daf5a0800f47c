/** The platform's side of readers of server-sent events (LIV-4). */

export interface ReaderHooks {
  /** All that was written has been read. */
  readonly drained: (reader: string) => void;
  /** The reader went; not always told, where a line breaks. */
  readonly left: (reader: string) => void;
}

/** Streams by reader. Whoever writes only after `drained` never queues more than one text per reader. */
export class EventStreams {
  readonly #controllers = new Map<string, ReadableStreamDefaultController<Uint8Array>>();
  readonly #encoder = new TextEncoder();
  /** Many readers get the same text in a row. */
  #last: { readonly text: string; readonly bytes: Uint8Array } = { text: '', bytes: new Uint8Array() };

  open(reader: string, hooks: ReaderHooks): ReadableStream<Uint8Array> {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controllers.set(reader, controller);
        },
        // Asked for when the platform has passed on what it had: nothing is read ahead (highWaterMark 0).
        // Later, since it may be asked while a text is being written.
        pull: () => queueMicrotask(() => hooks.drained(reader)),
        cancel: () => {
          this.#controllers.delete(reader);
          hooks.left(reader);
        },
      },
      { highWaterMark: 0 },
    );
  }

  write(reader: string, text: string): void {
    if (this.#last.text !== text) this.#last = { text, bytes: this.#encoder.encode(text) };
    this.#controllers.get(reader)?.enqueue(this.#last.bytes);
  }

  end(reader: string): void {
    this.#controllers.get(reader)?.close();
    this.#controllers.delete(reader);
  }
}
