/** Named places between every two steps of sealing, of a batch run and of a replay, in one list: tests kill the process at each. */
import { type EtlStepKind, etlStepKinds } from '../etl/etl-progress.ts';
import { type SealFailpoint, sealStepKinds } from './seal-steps.ts';

/** Steps of a run over an hour (workers/batch/hour-batch.ts), by their kinds: the first word of their names. */
export const hourStepKinds = ['seal', 'plan', 'scan', 'judge', 'fold', 'finish', 'clean', 'begin'] as const;
/** Steps of a day (workers/batch/day-run.ts). */
export const dayStepKinds = ['plan', 'records', 'users', 'write', 'clear'] as const;
/** Steps of an hour's sessions (workers/batch/session-run.ts). */
export const sessionStepKinds = ['plan', 'records', 'stitch', 'refresh', 'write', 'clear', 'next'] as const;
/** Steps of a replay (workers/batch/replay.ts); it passes on only after half an hour of rounds, which no test waits for. */
export const replayStepKinds = ['seal', 'round'] as const;

const sides = ['before', 'behind'] as const;
type Side = (typeof sides)[number];
export type Failpoint =
  | SealFailpoint
  | `${Side} hour ${(typeof hourStepKinds)[number]}`
  | `${Side} day ${(typeof dayStepKinds)[number]}`
  | `${Side} session ${(typeof sessionStepKinds)[number]}`
  | `${Side} replay ${(typeof replayStepKinds)[number]}`;

export const failpoints: readonly Failpoint[] = sides.flatMap((side): Failpoint[] => [
  ...sealStepKinds.map((kind): Failpoint => `${side} ${kind}`),
  ...hourStepKinds.map((kind): Failpoint => `${side} hour ${kind}`),
  ...dayStepKinds.map((kind): Failpoint => `${side} day ${kind}`),
  ...sessionStepKinds.map((kind): Failpoint => `${side} session ${kind}`),
  ...replayStepKinds.map((kind): Failpoint => `${side} replay ${kind}`),
]);

/**
 * Of an ETL run (workers/etl/etl-run.ts), in a list of their own, since its kill test is one of its own. `within`: what a
 * step does is done, and not yet noted. It passes on only after hundreds of steps, which no test waits for.
 */
export type EtlFailpoint = `${Side | 'within'} etl ${EtlStepKind}` | `${Side} etl begin`;

export const etlFailpoints: readonly EtlFailpoint[] = [
  'before etl begin',
  'behind etl begin',
  ...etlStepKinds.flatMap((kind): EtlFailpoint[] => [
    `before etl ${kind}`,
    `within etl ${kind}`,
    `behind etl ${kind}`,
  ]),
];
