/** A file that cannot be read as a whole. What is wrong with one record is a RowFault instead. */
export class ImportFileError extends Error {
  override readonly name = 'ImportFileError';
  /** As uploaded, without the folder. */
  readonly file: string;
  /** For people; never holds what the file says, but names of columns. */
  readonly reason: string;

  constructor(file: string, reason: string, cause?: unknown) {
    super(`${file}: ${reason}`, { cause });
    this.file = file;
    this.reason = reason;
  }
}
