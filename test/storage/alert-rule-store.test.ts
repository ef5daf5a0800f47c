import { env } from 'cloudflare:workers';
import { beforeEach, expect, test } from 'vitest';
import { builtInRules } from '../../core/alert/built-in-rules.ts';
import {
  addRuleVersion,
  readNewestRules,
  readRulesSince,
  type StoredRule,
} from '../../storage/alert-rule-store.ts';

const built = (
  id: string,
  version: number,
  fromMinute: number,
  fields: Partial<StoredRule> = {},
): StoredRule => ({
  rule: { ...(builtInRules[0] as StoredRule['rule']), id, version, fromMinute },
  regions: '*',
  deleted: false,
  createdAtMs: 1_764_000_000_123,
  createdBy: 'Ada',
  ...fields,
});

const shown = (list: readonly StoredRule[]) =>
  list.filter(({ rule }) => rule.id.startsWith('X')).map(({ rule }) => `${rule.id}.${rule.version}`);

beforeEach(async () => {
  await env.DB.exec("DELETE FROM alert_rules WHERE id LIKE 'X%'");
});

test('[ALR-2] a version comes back as it was written, and is never written over', async () => {
  const first = built('X', 1, 100, { regions: ["it's", 'EU-Paris'], deleted: true });
  expect(await addRuleVersion(env.DB, first)).toBe(true);
  expect(await addRuleVersion(env.DB, built('X', 1, 200))).toBe(false);
  expect((await readNewestRules(env.DB)).find(({ rule }) => rule.id === 'X')).toEqual(first);
});

test('[ALR-2] shards are told of versions that may still judge, and of no others', async () => {
  for (const [version, from] of [100, 200, 200, 300].entries())
    await addRuleVersion(env.DB, built('X', version + 1, from));
  await addRuleVersion(env.DB, built('XY', 1, 400));
  expect(shown(await readNewestRules(env.DB))).toEqual(['X.4', 'XY.1']);
  // Of two that take effect at once the older one never judges.
  expect(shown(await readRulesSince(env.DB, 50))).toEqual(['X.1', 'X.3', 'X.4', 'XY.1']);
  expect(shown(await readRulesSince(env.DB, 199))).toEqual(['X.1', 'X.3', 'X.4', 'XY.1']);
  expect(shown(await readRulesSince(env.DB, 200))).toEqual(['X.3', 'X.4', 'XY.1']);
  expect(shown(await readRulesSince(env.DB, 300))).toEqual(['X.4', 'XY.1']);
  expect(shown(await readRulesSince(env.DB, 1000))).toEqual(['X.4', 'XY.1']);
});

test('regions that are no list of names are told, not passed for all', async () => {
  await addRuleVersion(env.DB, built('X', 1, 100));
  await env.DB.exec("UPDATE alert_rules SET regions = '7' WHERE id = 'X'");
  await expect(readNewestRules(env.DB)).rejects.toThrow(/alert_rules/);
});
