/** Rules of alerts in D1 (ALR-1, ALR-2): versions, each a row that is never changed. */
import { and, eq, gt, lte, notExists, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { alias } from 'drizzle-orm/sqlite-core';
import type { AlertRule } from '../core/alert/alert-rule.ts';
import { needsMigration } from './migrated.ts';
import { readRegions } from './person-row.ts';
import { alertRules } from './schema.ts';

/** A version of a rule as D1 has it. */
export interface StoredRule {
  readonly rule: AlertRule;
  /** Names of the regions that it judges. */
  readonly regions: readonly string[] | '*';
  /** The rule ended with this version, which is not enabled. */
  readonly deleted: boolean;
  readonly createdAtMs: number;
  /** Name of the person. */
  readonly createdBy: string;
}

type Row = typeof alertRules.$inferSelect;

const newer = alias(alertRules, 'newer');

/** The newest version of each rule, deleted ones among them, by id. Throws StoredDataError. */
export async function readNewestRules(db: D1Database): Promise<StoredRule[]> {
  return await readUnless(db, gt(newer.version, alertRules.version));
}

/**
 * The versions by which a window of `sinceMinute` (epoch minute) or later may be judged, by id and version. Throws
 * StoredDataError.
 */
export async function readRulesSince(db: D1Database, sinceMinute: number): Promise<StoredRule[]> {
  const replacedAt = sql`max(${alertRules.from_minute}, ${sinceMinute})`;
  return await readUnless(db, and(gt(newer.version, alertRules.version), lte(newer.from_minute, replacedAt)));
}

/** Those for which no other version of the rule is as `isReplaced` says. */
async function readUnless(db: D1Database, isReplaced: ReturnType<typeof and>): Promise<StoredRule[]> {
  const d1 = drizzle(db);
  const replacing = d1
    .select({ found: sql`1` })
    .from(newer)
    .where(and(eq(newer.id, alertRules.id), isReplaced));
  const rows = await needsMigration(() =>
    d1.select().from(alertRules).where(notExists(replacing)).orderBy(alertRules.id, alertRules.version),
  );
  return rows.map(ruleOf);
}

/** Adds a version. False where somebody else has added one of that number before: nothing is changed then. */
export async function addRuleVersion(db: D1Database, stored: StoredRule): Promise<boolean> {
  const { rule, regions } = stored;
  const row: Row = {
    key: `${rule.id}.${rule.version}`,
    id: rule.id,
    version: rule.version,
    alert_type: rule.alertType,
    severity: rule.severity,
    metric: rule.metric,
    breach: rule.breach,
    threshold: rule.threshold,
    windows: rule.windows,
    attempts_min: rule.attemptsMin,
    resolve_threshold: rule.resolveThreshold,
    resolve_windows: rule.resolveWindows,
    dimension: rule.dimension,
    enabled: rule.enabled,
    from_minute: rule.fromMinute,
    created_at: new Date(stored.createdAtMs).toISOString(),
    created_by: stored.createdBy,
    regions: regions === '*' ? null : JSON.stringify(regions),
    deleted: stored.deleted,
  };
  const added = await drizzle(db).insert(alertRules).values(row).onConflictDoNothing().returning();
  return added.length > 0;
}

function ruleOf(row: Row): StoredRule {
  return {
    rule: {
      id: row.id,
      version: row.version,
      alertType: row.alert_type,
      severity: row.severity,
      metric: row.metric,
      breach: row.breach,
      threshold: row.threshold,
      windows: row.windows,
      attemptsMin: row.attempts_min,
      resolveThreshold: row.resolve_threshold,
      resolveWindows: row.resolve_windows,
      dimension: row.dimension,
      enabled: row.enabled,
      fromMinute: row.from_minute,
    },
    regions: readRegions('alert_rules', row.key, row.regions),
    deleted: row.deleted,
    createdAtMs: Date.parse(row.created_at),
    createdBy: row.created_by,
  };
}
