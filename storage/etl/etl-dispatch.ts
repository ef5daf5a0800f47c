/** Begins the work of an ETL run: one Workflow instance after the other, since each has a bounded number of steps. */

/** What an instance is told. */
export interface EtlParams {
  readonly runId: string;
  /** From 1. */
  readonly instance: number;
}

export const etlInstanceId = ({ runId, instance }: EtlParams): string => `${runId}-${instance}`;

/** Begins it once, however often it is called. */
export async function beginEtlInstance(workflow: Workflow<EtlParams>, params: EtlParams): Promise<void> {
  const id = etlInstanceId(params);
  const found = await workflow.get(id).catch(() => null);
  if (!found) await workflow.create({ id, params });
}
