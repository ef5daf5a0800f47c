import { describe, expect, test } from 'vitest';
import { setGoing } from '../../storage/set-going.ts';

type Status = InstanceStatus['status'];

/** A Workflow with one instance in a state, or none, that writes down what is asked of it. */
function workflowOf(status: Status | null) {
  const asked: string[] = [];
  const note = (what: string) => async () => {
    asked.push(what);
    return await Promise.resolve();
  };
  const instance = {
    status: async () => await Promise.resolve({ status }),
    restart: note('restart'),
    pause: note('pause'),
    resume: note('resume'),
  };
  const workflow = {
    get: async () =>
      await (status === null ? Promise.reject(new Error('instance.not_found')) : Promise.resolve(instance)),
    create: note('create'),
  };
  return { asked, workflow: workflow as unknown as Workflow<null> };
}

async function askedOf(status: Status | null, queuedTooLong: boolean): Promise<string> {
  const { asked, workflow } = workflowOf(status);
  const how = await setGoing(workflow, 'one', null, { queuedTooLong });
  return `${how}: ${asked.join(' ')}`;
}

describe('[BAT-1] an instance that is to do its work', () => {
  test.each<[Status | null, string]>([
    [null, 'created: create'],
    ['errored', 'restarted: restart'],
    ['terminated', 'restarted: restart'],
    ['complete', 'restarted: restart'],
    ['unknown', 'restarted: restart'],
    ['running', 'resumed: pause resume'],
    ['paused', 'resumed: resume'],
    ['queued', 'left in the queue: '],
  ])('that is %s', async (status, how) => {
    expect(await askedOf(status, false)).toBe(how);
  });

  test('that is queued for longer than any queue takes is begun anew, and nothing else changes', async () => {
    expect(await askedOf('queued', true)).toBe('restarted: restart');
    expect(await askedOf('running', true)).toBe('resumed: pause resume');
  });
});
