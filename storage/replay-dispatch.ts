/** Begins the work of a replay: one Workflow instance after the other, since each has a bounded number of steps. */

/** What an instance is told. */
export interface ReplayParams {
  readonly replayId: string;
  /** From 1. */
  readonly instance: number;
}

export const replayInstanceId = ({ replayId, instance }: ReplayParams): string => `${replayId}-${instance}`;

/** Begins it once, however often it is called. */
export async function beginReplay(workflow: Workflow<ReplayParams>, params: ReplayParams): Promise<void> {
  const id = replayInstanceId(params);
  const found = await workflow.get(id).catch(() => null);
  if (!found) await workflow.create({ id, params });
}
