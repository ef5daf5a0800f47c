import type { WorkflowStep } from 'cloudflare:workers';
import type { Steps } from './day-run.ts';

/** A step that fails is tried again for some minutes: storage may be away. */
const patient = {
  retries: { limit: 4, delay: '5 seconds', backoff: 'exponential' },
  timeout: '5 minutes',
} as const;

/** What these steps return is plain data, which the platform's own type is too deep to say. */
export function patientSteps(step: WorkflowStep): Steps {
  return {
    do: async <T>(name: string, work: () => Promise<T>): Promise<T> =>
      (await step.do(name, patient, work as () => Promise<never>)) as T,
  };
}
