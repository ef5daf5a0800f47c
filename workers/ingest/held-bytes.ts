/** How many bytes of bodies the isolate holds at once, so that many large requests cannot fill its memory together. */
export class HeldBytes {
  readonly #max: number;
  #held = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get held(): number {
    return this.#held;
  }

  /** A share for one request, empty at first; whoever takes it must release it. */
  lease(): Lease {
    let taken = 0;
    return {
      take: (bytes) => {
        if (this.#held + bytes > this.#max) return false;
        this.#held += bytes;
        taken += bytes;
        return true;
      },
      release: () => {
        this.#held -= taken;
        taken = 0;
      },
    };
  }
}

export interface Lease {
  /** False if the isolate holds too much already; nothing is taken then. */
  take(bytes: number): boolean;
  /** Gives back all that was taken. */
  release(): void;
}
