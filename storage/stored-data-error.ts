/** Thrown where a stored row is not what this version writes: damage or a foreign hand, never a caller's input. */
export class StoredDataError extends Error {
  override readonly name = 'StoredDataError';

  constructor(table: string, key: string | number, why: string) {
    super(`${table} ${key}: ${why}`);
  }
}
