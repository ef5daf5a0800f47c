/** The order of test files: what takes minutes begins first, and the short ones run beside it. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Waiting in real time, for alerts to rise or for killed runtimes to come back, or taking many pictures. Longest first. */
const longest = [
  'test/browser/outage.test.ts',
  'test/e2e/lake-kill.test.ts',
  'test/e2e/fire.test.ts',
  'test/browser/pictures.test.ts',
  'test/browser/docs.test.ts',
  'test/browser/analytics-pictures.test.ts',
  'test/browser/admin-pictures.test.ts',
  'test/e2e/etl-kill.test.ts',
  'test/e2e/openapi-client.test.ts',
];

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
