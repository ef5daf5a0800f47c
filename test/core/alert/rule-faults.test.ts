import { describe, expect, test } from 'vitest';
import { builtInRules } from '../../../core/alert/built-in-rules.ts';
import { ruleFaults, type WrittenRule } from '../../../core/alert/rule-faults.ts';

const [lowSuccess, highError, noData, latenessCut] = builtInRules as readonly WrittenRule[];

const fieldsOf = (rule: WrittenRule | undefined, changes: Partial<WrittenRule>): string[] =>
  ruleFaults({ ...(rule as WrittenRule), ...changes }).map(({ field }) => field);

describe('[ALR-2] what keeps a rule from making sense', () => {
  test('none of those that ship', () => {
    expect(builtInRules.flatMap(ruleFaults)).toEqual([]);
  });

  test.each<[string, WrittenRule | undefined, Partial<WrittenRule>, string[]]>([
    ['success above', lowSuccess, { breach: 'above' }, ['breach']],
    ['errors below', highError, { breach: 'below' }, ['breach']],
    ['silence below', noData, { breach: 'below' }, ['breach']],
    ['silence of a device', noData, { dimension: 'device' }, ['dimension']],
    ['cuts of a content', latenessCut, { dimension: 'content' }, ['dimension']],
    ['a rate of 1', lowSuccess, { threshold: 1, resolveThreshold: 1 }, []],
    ['a rate beyond 1', lowSuccess, { threshold: 1.001 }, ['threshold']],
    ['healing beyond 1', lowSuccess, { resolveThreshold: 1.001 }, ['resolveThreshold']],
    ['healing in trouble', lowSuccess, { resolveThreshold: 0.89 }, ['resolveThreshold']],
    ['healing at the threshold', lowSuccess, { resolveThreshold: 0.9 }, []],
    ['healing at the threshold of errors', highError, { resolveThreshold: 0.1 }, []],
    ['healing in trouble of errors', highError, { resolveThreshold: 0.11 }, ['resolveThreshold']],
    ['silence of no minute', noData, { threshold: 0 }, ['threshold']],
    ['silence of a day', noData, { threshold: 1440 }, []],
    ['silence of more', noData, { threshold: 1441 }, ['threshold']],
    ['silence of half a minute', noData, { threshold: 1.5 }, ['threshold']],
    ['healing while silent', noData, { resolveThreshold: 5 }, ['resolveThreshold']],
    ['a hundred cuts', latenessCut, { threshold: 100 }, []],
    ['more cuts', latenessCut, { threshold: 101 }, ['threshold']],
    ['cuts at least 0', latenessCut, { breach: 'at_least' }, ['resolveThreshold']],
    ['no number', lowSuccess, { threshold: Number.NaN }, ['threshold']],
  ])('%s', (_what, rule, changes, fields) => {
    expect(fieldsOf(rule, changes)).toEqual(fields);
  });
});
