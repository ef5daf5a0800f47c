/** Sessions in partitions that fit memory: by ranges of their pseudonym, so that a session is in one, whatever it holds. */

export const partitionOf = (sessionHi: number, of: number): number => Math.floor((sessionHi * of) / 2 ** 32);

/** The least upper half of a pseudonym in the partition; of the one behind the last, 2^32. */
export const partitionStart = (partition: number, of: number): number =>
  Math.ceil((partition * 2 ** 32) / of);

/** Those of `of` partitions that have sessions of `partition` of `among`. */
export function overlapping(partition: number, among: number, of: number): number[] {
  const last = partitionOf(partitionStart(partition + 1, among) - 1, of);
  const found: number[] = [];
  for (let at = partitionOf(partitionStart(partition, among), of); at <= last; at++) found.push(at);
  return found;
}
