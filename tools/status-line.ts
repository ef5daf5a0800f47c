// One line of a terminal that several tell their part of at once.
import { showLines } from './producer/progress.ts';

export class StatusLine {
  readonly #lines: ReturnType<typeof showLines>;
  readonly #parts = new Map<string, string>();

  /** `everyMs`: how often it is written where output goes to a file. */
  constructor(everyMs: number) {
    this.#lines = showLines(everyMs);
  }

  /** An empty text takes the part away. Parts stand in the order in which they came. */
  tell(part: string, text: string): void {
    if (text === '') this.#parts.delete(part);
    else this.#parts.set(part, text);
    if (this.#parts.size > 0) this.#lines.show([...this.#parts.values()].join(' | '));
  }

  /** A line that stays. */
  say(text: string): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
    console.log(text);
  }

  end(): void {
    this.#lines.end();
  }
}
