/** Sets an instance of a Workflow going, as its cron or its watchdog does: nothing else brings one back that stands still. */

/** States of an instance that does nothing any more. */
const isOver: ReadonlySet<InstanceStatus['status']> = new Set([
  'errored',
  'terminated',
  'complete',
  'unknown',
]);

/**
 * Makes an instance do its work, whatever became of it. Says how. One that is queued is left there, as its turn comes;
 * not so where it has been for longer than any queue takes: locally one that was killed between its making and its
 * beginning is said to be queued for ever, and neither pause nor resume moves it.
 */
export async function setGoing<T>(
  workflow: Workflow<T>,
  id: string,
  params: T,
  { queuedTooLong = false } = {},
): Promise<string> {
  const instance = await workflow.get(id).catch(() => null);
  if (!instance) {
    await workflow.create({ id, params });
    return 'created';
  }
  const { status } = await instance.status();
  if (status === 'queued' && !queuedTooLong) return 'left in the queue';
  if (status === 'queued' || isOver.has(status)) {
    await instance.restart();
    return 'restarted';
  }
  // Locally one that ran when the process died is said to run and does not; to one that does run, a pause does no harm.
  if (status !== 'paused') await instance.pause();
  await instance.resume();
  return 'resumed';
}
