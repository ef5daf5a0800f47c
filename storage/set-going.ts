/** Sets an instance of a Workflow going, as its cron or its watchdog does: nothing else brings one back that stands still. */

/** States of an instance that does nothing any more. */
const isOver: ReadonlySet<InstanceStatus['status']> = new Set([
  'errored',
  'terminated',
  'complete',
  'unknown',
]);

/** Makes an instance do its work, whatever became of it. Says how. */
export async function setGoing<T>(workflow: Workflow<T>, id: string, params: T): Promise<string> {
  const instance = await workflow.get(id).catch(() => null);
  if (!instance) {
    await workflow.create({ id, params });
    return 'created';
  }
  const { status } = await instance.status();
  if (status === 'queued') return 'left in the queue';
  if (isOver.has(status)) {
    await instance.restart();
    return 'restarted';
  }
  // Locally one that ran when the process died is said to run and does not; to one that does run, a pause does no harm.
  if (status !== 'paused') await instance.pause();
  await instance.resume();
  return 'resumed';
}
