import { expect, test } from 'vitest';
import { countTests } from '../../tools/test-count.ts';

const passed = { status: 'passed', fullName: 'a' };
const failed = { status: 'failed', fullName: 'b' };
const file = (status: string, ...assertionResults: object[]) => ({
  name: 'x.test.ts',
  status,
  assertionResults,
});
const report = (...testResults: object[]) => JSON.stringify({ testResults });

test.each([
  ['all passed', report(file('passed', passed, passed), file('passed', passed)), true, 3, 0],
  ['one failed', report(file('failed', passed, failed)), false, 1, 1],
  ['a file that did not load counts', report(file('failed'), file('passed', passed)), false, 1, 1],
  ['an error outside of any test counts', report(file('passed', passed)), false, 1, 1],
  ['a stage without tests that failed counts', undefined, false, 0, 1],
  ['a stage without tests that went well does not', undefined, true, 0, 0],
])('%s', (_, json, ok, passes, failures) => {
  expect(countTests(json, ok)).toMatchObject({ passed: passes, failed: failures });
});

test('a test that passed on its second try is named, and counts as passed', () => {
  const late = { ...passed, failureMessages: ['expected 0 to be 7'] };
  const counted = countTests(report(file('passed', passed, late)), true);
  expect(counted).toMatchObject({ passed: 2, failed: 0, again: [expect.stringMatching(/x\.test\.ts: a$/)] });
});
