/** How fast a piece of code is. */

const warmUpMs = 400;
const roundMs = 120;

/** Rounds of `work`, each long enough to be timed: calls a second, ascending. */
export function roundsOf(rounds: number, work: () => void): number[] {
  round(warmUpMs, work);
  return Array.from({ length: rounds }, () => round(roundMs, work)).sort((a, b) => a - b);
}

function round(ms: number, work: () => void): number {
  const start = performance.now();
  let calls = 0;
  let elapsed = 0;
  while (elapsed < ms) {
    work();
    calls++;
    elapsed = performance.now() - start;
  }
  return (calls / elapsed) * 1000;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

/** Three digits are all that a measurement is worth. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
