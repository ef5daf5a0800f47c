import type { AlertRule } from '../core/alert/alert-rule.ts';
import type { AlertSetup } from '../core/alert/book.ts';
import { minuteOf } from '../core/window/time.ts';
import { readRulesSince, type StoredRule } from './alert-rule-store.ts';
import { loadRegions, renewRegions } from './region-registry.ts';

/** A shard that is not told of a new version knows it after this and the time to its next alarm (ALR-2). */
const rulesCacheMs = 30_000;
/** Windows take events for ten minutes: what was replaced longer ago judges none that a shard may still open. */
const replacedMinutesMax = 60;

interface Cached {
  readonly rules: readonly StoredRule[];
  readonly atMs: number;
}

/** One entry per database binding of this isolate: its shards share it. */
const cache = new WeakMap<D1Database, Cached>();

/**
 * What a shard of a region judges by; `isNew` reads past the cache. Null for a region that the registry does not have
 * (any more).
 */
export async function loadAlertSetup(
  db: D1Database,
  regionNumber: number,
  { nowMs, isNew }: { readonly nowMs: number; readonly isNew: boolean },
): Promise<AlertSetup | null> {
  const regions = await (isNew ? renewRegions(db, nowMs) : loadRegions(db, nowMs));
  const region = regions.find(({ number }) => number === regionNumber);
  if (!region) return null;
  const rules = await loadRules(db, nowMs, isNew);
  const { name, shardPlan } = region;
  return { region: name, rules: rules.map((of) => ruleOfRegion(of, name)), ...(shardPlan && { shardPlan }) };
}

/** To a shard a version that is not of its region is one that is not enabled: what fired by one that was ends. */
function ruleOfRegion({ rule, regions }: StoredRule, name: string): AlertRule {
  return { ...rule, enabled: rule.enabled && (regions === '*' || regions.includes(name)) };
}

async function loadRules(db: D1Database, nowMs: number, isNew: boolean): Promise<readonly StoredRule[]> {
  const cached = cache.get(db);
  if (!isNew && cached && Math.abs(nowMs - cached.atMs) < rulesCacheMs) return cached.rules;
  const rules = await readRulesSince(db, minuteOf(nowMs) - replacedMinutesMax);
  cache.set(db, { rules, atMs: nowMs });
  return rules;
}
