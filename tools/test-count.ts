import { relative } from 'node:path';
import { root } from './bootstrap.mjs';

export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  /** File and title of each failed test, or the file where it failed as a whole. */
  readonly failures: readonly string[];
  /** File and title of each test that passed only on a second try. */
  readonly again: readonly string[];
}

interface TestOfReport {
  readonly status: string;
  readonly fullName: string;
  /** One for each try that failed, also where a later one passed. */
  readonly failureMessages?: readonly string[];
}

/** The part of vitest's JSON report that is looked at. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly TestOfReport[];
  }[];
}

/**
 * Counts the tests of a stage from vitest's JSON report, if it wrote one. A stage that failed counts at least one
 * failure, also where no test did: a file that did not load, an error outside of any test, a check without tests.
 */
export function countTests(report: string | undefined, ok: boolean): TestCount {
  const files = report === undefined ? [] : (JSON.parse(report) as Report).testResults;
  let passed = 0;
  const failures: string[] = [];
  const again: string[] = [];
  for (const { name, status, assertionResults } of files) {
    const file = relative(root, name);
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const well = assertionResults.filter((test) => test.status === 'passed');
    passed += well.length;
    const late = well.filter((test) => (test.failureMessages ?? []).length > 0);
    again.push(...late.map(({ fullName }) => `${file}: ${fullName}`));
    failures.push(...failed.map(({ fullName }) => `${file}: ${fullName}`));
    if (status === 'failed' && failed.length === 0) failures.push(`${file}: did not run`);
  }
  const failed = failures.length === 0 && !ok ? 1 : failures.length;
  return { passed, failed, failures, again };
}
