/** The faults that lie around the stores now. One isolate runs the whole local Worker, so they are in its memory. */
import { chance, type Fault, type FaultTarget } from '../protocol.ts';

interface Standing extends Fault {
  readonly untilMs: number;
}

const standing = new Map<FaultTarget, Standing>();
let asked = 0;
let hits = 0;

/** Takes the place of what lay around that store before. */
export function layFault(fault: Fault): void {
  standing.set(fault.target, { ...fault, untilMs: Date.now() + fault.forMs });
}

export function liftFaults(): void {
  standing.clear();
}

export function standingFaults(): Fault[] {
  return [...standing.values()].filter(({ untilMs }) => untilMs > Date.now());
}

/** Calls that a fault struck since the process began. */
export const faultHits = (): number => hits;

const sleep = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

class FaultError extends Error {
  /** As the platform marks what is worth another try. */
  readonly retryable: boolean;
  constructor({ target, mode }: Fault) {
    super(`${target.toUpperCase()}_ERROR: fire: ${mode}`);
    this.retryable = mode === 'refuse';
  }
}

/** Does what was asked of a store, as the fault around it has it. */
export async function throughFault<T>(
  target: FaultTarget,
  writes: boolean,
  act: () => Promise<T>,
): Promise<T> {
  const fault = standing.get(target);
  if (!fault || fault.untilMs <= Date.now() || (fault.writesOnly && !writes)) return await act();
  const { delayMs = 1_000, share = 1, seed = 1 } = fault;
  const dice = chance(seed, ++asked);
  const spared = (fault.mode === 'late' || fault.mode === 'flaky') && dice >= share;
  if (spared) return await act();
  hits++;
  switch (fault.mode) {
    case 'throw':
    case 'refuse':
      throw new FaultError(fault);
    case 'slow':
      await sleep(delayMs);
      return await act();
    case 'timeout':
      await act();
      throw new FaultError(fault);
    case 'late':
      // It goes through behind what the caller does next; what becomes of it nobody learns.
      void sleep(delayMs)
        .then(act)
        .catch(() => undefined);
      throw new FaultError(fault);
    case 'flaky':
      if (chance(seed, asked, 1) < 0.5) await act();
      throw new FaultError(fault);
  }
}
