/** What stands before the queue, for runs that look at what waits for it: open, closed for as long as it is, or failing. */
export type Gate = 'open' | 'closed' | 'failing';

let gate: Gate = 'open';
let waiting = 0;

export function setGate(to: Gate): void {
  gate = to;
}

/** Sends that wait. */
export const waitingSends = (): number => waiting;

/** By the clock of the request that sends: ended with it, unless somebody keeps it alive. */
export async function passGate(): Promise<void> {
  waiting++;
  try {
    while (gate === 'closed') await scheduler.wait(2);
    if (gate === 'failing') throw new Error('Queue is unavailable');
  } finally {
    waiting--;
  }
}
