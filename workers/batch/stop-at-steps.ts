import type { WorkflowStep } from 'cloudflare:workers';
import { type FailpointEnv, failpointsOf } from '../../storage/failpoint.ts';

/** The steps as they are; in a local run that asks for it they stop at failpoints before and behind what they do. */
export function stopAtSteps(
  step: WorkflowStep,
  of: 'hour' | 'day' | 'session' | 'replay',
  env: FailpointEnv,
): WorkflowStep {
  const stop = failpointsOf(env);
  if (!stop) return step;
  const stopping = async (name: string, config: object, act: () => Promise<never>): Promise<unknown> => {
    const point = `${of} ${name.split(' ')[0]}`;
    const whole = async (): Promise<never> => {
      await stop(`before ${point}`);
      const result = await act();
      await stop(`behind ${point}`);
      return result;
    };
    return await step.do(name, config, whole);
  };
  const sleep: WorkflowStep['sleep'] = (name, duration) => step.sleep(name, duration);
  return { do: stopping, sleep } as unknown as WorkflowStep;
}
