/**
 * The account that a request's events belong to. There is one until ingest keys exist: an `Authorization: Bearer` and
 * a `?key=` are not read yet, whatever they hold.
 */
export function producerOf(_request: Request): string {
  return 'local';
}
