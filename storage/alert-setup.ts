import type { AlertRule } from '../core/alert/alert-rule.ts';
import type { AlertSetup } from '../core/alert/book.ts';
import { readRules } from './alert-store.ts';
import { loadRegions } from './region-registry.ts';

/** A new version of a rule is known everywhere after this and the time to a shard's next alarm. */
const rulesCacheMs = 30_000;

interface Cached {
  readonly rules: readonly AlertRule[];
  readonly atMs: number;
}

/** One entry per database binding of this isolate: its shards share it. */
const cache = new WeakMap<D1Database, Cached>();

/** What a shard of a region judges by. Null for a region that the registry does not have (any more). */
export async function loadAlertSetup(
  db: D1Database,
  regionNumber: number,
  nowMs: number,
): Promise<AlertSetup | null> {
  const region = (await loadRegions(db, nowMs)).find(({ number }) => number === regionNumber);
  return region ? { region: region.name, rules: await loadRules(db, nowMs) } : null;
}

async function loadRules(db: D1Database, nowMs: number): Promise<readonly AlertRule[]> {
  const cached = cache.get(db);
  if (cached && Math.abs(nowMs - cached.atMs) < rulesCacheMs) return cached.rules;
  const rules = await readRules(db);
  cache.set(db, { rules, atMs: nowMs });
  return rules;
}
