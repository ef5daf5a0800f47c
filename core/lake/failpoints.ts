/** Named places between every two steps of sealing, of a batch run and of a replay, in one list: tests kill the process at each. */
import { type SealFailpoint, sealStepKinds } from './seal-steps.ts';

/** Steps of a run over an hour (workers/batch/hour-batch.ts), by their kinds: the first word of their names. */
export const hourStepKinds = ['seal', 'plan', 'scan', 'judge', 'fold', 'finish', 'clean', 'begin'] as const;
/** Steps of a day (workers/batch/day-run.ts). */
export const dayStepKinds = ['plan', 'records', 'users', 'write', 'clear'] as const;
/** Steps of a replay (workers/batch/replay.ts); it passes on only after half an hour of rounds, which no test waits for. */
export const replayStepKinds = ['seal', 'round'] as const;

const sides = ['before', 'behind'] as const;
type Side = (typeof sides)[number];
export type Failpoint =
  | SealFailpoint
  | `${Side} hour ${(typeof hourStepKinds)[number]}`
  | `${Side} day ${(typeof dayStepKinds)[number]}`
  | `${Side} replay ${(typeof replayStepKinds)[number]}`;

export const failpoints: readonly Failpoint[] = sides.flatMap((side): Failpoint[] => [
  ...sealStepKinds.map((kind): Failpoint => `${side} ${kind}`),
  ...hourStepKinds.map((kind): Failpoint => `${side} hour ${kind}`),
  ...dayStepKinds.map((kind): Failpoint => `${side} day ${kind}`),
  ...replayStepKinds.map((kind): Failpoint => `${side} replay ${kind}`),
]);
