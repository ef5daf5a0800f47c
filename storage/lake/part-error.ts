/** A part of the lake that is not what it should be: corrupt, cut short, missing, misplaced, or too new. */
export class PartError extends Error {
  override readonly name = 'PartError';
  readonly part: string;

  constructor(part: string, message: string, cause?: unknown) {
    super(`${part}: ${message}`, { cause });
    this.part = part;
  }
}
