/** What the platform bills by the piece, and what is counted beside it to tell of what it is made. */
export const operations = [
  'workerRequests',
  'queueOperations',
  'objectRequests',
  /** Incoming ones: twenty make a request. */
  'socketMessages',
  'objectRowsWritten',
  /** D1's. */
  'rowsWritten',
  'rowsRead',
  'r2Writes',
  'r2Reads',
  // Not billed by themselves.
  'queueMessages',
  'queueBytes',
  'workflowRuns',
  'workflowSteps',
] as const;
export type Operation = (typeof operations)[number];
export type Operations = Partial<Record<Operation, number>>;
