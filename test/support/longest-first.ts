/** The order of test files: what takes minutes begins first, and the short ones run beside it. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Each waits in real time, for alerts to rise or for killed runtimes to come back. Longest first. */
const longest = ['test/browser/outage.test.ts', 'test/e2e/lake-kill.test.ts', 'test/e2e/etl-kill.test.ts'];

const place = ({ moduleId }: TestSpecification): number => {
  const found = longest.findIndex((path) => moduleId.endsWith(`/${path}`));
  return found < 0 ? longest.length : found;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}
