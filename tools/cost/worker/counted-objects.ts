/** Namespaces of objects and of Workflows that count what is asked of them. */
import type { WorkflowStep } from 'cloudflare:workers';
import { begin, count, during } from './tally.ts';

type Call = (...args: unknown[]) => Promise<unknown>;

function countedStub(stub: object, className: string): object {
  return new Proxy(stub, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof name !== 'string' || typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        count('objectRequests', `${className}.${name}`);
        return await during(async () => await (target as Record<string, Call>)[name]?.(...args));
      };
    },
  });
}

export function countedObjects<T>(namespace: T, className: string): T {
  const objects = namespace as unknown as DurableObjectNamespace;
  const get = (id: DurableObjectId) => countedStub(objects.get(id), className);
  return {
    idFromName: (name: string) => objects.idFromName(name),
    idFromString: (id: string) => objects.idFromString(id),
    get,
    getByName: (name: string) => get(objects.idFromName(name)),
  } as unknown as T;
}

/** An instance is under way from here on, until its run is over (CountedWorkflow). */
export function countedWorkflow<T>(namespace: T, className: string): T {
  const workflow = namespace as unknown as Workflow;
  return {
    create: async (options: WorkflowInstanceCreateOptions) => {
      count('workflowRuns', className);
      const made = await workflow.create(options);
      begin();
      return made;
    },
    get: async (id: string) => await workflow.get(id),
  } as unknown as T;
}

export function countedSteps(step: WorkflowStep, className: string): WorkflowStep {
  return new Proxy(step, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof name !== 'string' || typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        if (name === 'do') count('workflowSteps', className);
        return await (target as unknown as Record<string, Call>)[name]?.(...args);
      };
    },
  });
}
