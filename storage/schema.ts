import { index, integer, real, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { personRoles } from '../core/access/caller.ts';
import { alertResolutions, recordMetrics } from '../core/alert/alert-record.ts';
import { alertBreaches, alertDimensions, alertMetrics, alertSeverities } from '../core/alert/alert-rule.ts';
import { annotationVisibilities } from '../core/annotation/annotation.ts';

/**
 * The tables of D1, from which drizzle-kit generates migrations/ (the regions themselves and the SQL views stand in
 * custom migrations). Those that are read and written by SQL alone stand in sql-schema.ts.
 */
export const regions = sqliteTable('regions', {
  number: integer('number').primaryKey(),
  name: text('name').notNull().unique(),
  continent: text('continent').notNull(),
  latitude: real('latitude').notNull(),
  longitude: real('longitude').notNull(),
  /** JSON: [[from epoch hour, shards], ...] (core/protocol/shard-plan.ts). */
  shard_plan: text('shard_plan').notNull().default('[]'),
});

function integerColumn(name: string) {
  return integer(name).notNull();
}

/** What a rule judges and how. A version is never changed: a change is a new row (ALR-1). */
export const alertRules = sqliteTable(
  'alert_rules',
  {
    /** "ID.VERSION". */
    key: text('key').primaryKey(),
    id: text('id').notNull(),
    version: integerColumn('version'),
    alert_type: text('alert_type').notNull(),
    severity: text('severity', { enum: alertSeverities }).notNull(),
    metric: text('metric', { enum: alertMetrics }).notNull(),
    breach: text('breach', { enum: alertBreaches }).notNull(),
    threshold: real('threshold').notNull(),
    windows: integerColumn('windows'),
    attempts_min: integerColumn('attempts_min'),
    resolve_threshold: real('resolve_threshold').notNull(),
    resolve_windows: integerColumn('resolve_windows'),
    dimension: text('dimension', { enum: alertDimensions }).notNull(),
    enabled: integer('enabled', { mode: 'boolean' }).notNull(),
    from_minute: integerColumn('from_minute'),
    created_at: text('created_at').notNull(),
    /** Name of the person. */
    created_by: text('created_by').notNull(),
    /** JSON: names of the regions that it judges, or null for all. */
    regions: text('regions'),
    /** A version that ends the rule: it is not enabled, and no list shows it. */
    deleted: integer('deleted', { mode: 'boolean' }).notNull().default(false),
  },
  (table) => [uniqueIndex('alert_rules_by_id').on(table.id, table.version)],
);

/** Times are ISO 8601 in UTC with milliseconds, so that they compare as text. */
export const alerts = sqliteTable(
  'alerts',
  {
    id: text('id').primaryKey(),
    rule_id: text('rule_id').notNull(),
    rule_version: integerColumn('rule_version'),
    alert_type: text('alert_type').notNull(),
    severity: text('severity', { enum: alertSeverities }).notNull(),
    state: text('state', { enum: ['firing', 'resolved'] }).notNull(),
    message: text('message').notNull(),
    region_number: integerColumn('region_number'),
    region: text('region').notNull(),
    dimension: text('dimension', { enum: alertDimensions }).notNull(),
    dimension_key: text('dimension_key'),
    metric: text('metric', { enum: recordMetrics }).notNull(),
    metric_value: real('metric_value').notNull(),
    threshold_value: real('threshold_value').notNull(),
    attempts: integer('attempts'),
    pending_since: text('pending_since').notNull(),
    window_start: text('window_start').notNull(),
    created_at: text('created_at').notNull(),
    resolved_window: text('resolved_window'),
    resolved_at: text('resolved_at'),
    resolution: text('resolution', { enum: alertResolutions }),
    corrections: integerColumn('corrections'),
    /** JSON: AlertTransition[]. */
    history: text('history').notNull(),
    generation: integerColumn('generation'),
    incarnation: integerColumn('incarnation'),
    change: integerColumn('change'),
    /** What people add; no shard ever writes these. */
    acknowledged: integer('acknowledged', { mode: 'boolean' }).notNull().default(false),
    acknowledged_by: text('acknowledged_by'),
    acknowledged_at: text('acknowledged_at'),
    comment: text('comment'),
  },
  (table) => [
    index('alerts_by_creation').on(table.created_at, table.id),
    index('alerts_by_resolution').on(table.resolved_at),
  ],
);

/** What people note beside the figures (ANN-1). Times are ISO 8601 in UTC with milliseconds, as those of alerts. */
export const annotations = sqliteTable(
  'annotations',
  {
    id: text('id').primaryKey(),
    at: text('at').notNull(),
    /** Null for a point in time. */
    until: text('until'),
    text: text('text').notNull(),
    /** JSON: short texts. */
    tags: text('tags').notNull(),
    /** Name of a region; null for what is of none. */
    region: text('region'),
    visibility: text('visibility', { enum: annotationVisibilities }).notNull(),
    author_id: text('author_id').notNull(),
    author_name: text('author_name').notNull(),
    /** From 1; rises with each change. */
    version: integerColumn('version'),
    created_at: text('created_at').notNull(),
    changed_at: text('changed_at').notNull(),
  },
  (table) => [index('annotations_by_time').on(table.at, table.id)],
);

/** Producers' keys. The secret itself is nowhere. */
export const ingestKeys = sqliteTable('ingest_keys', {
  id: text('id').primaryKey(),
  /** Producer account: part of the identity of its events (IDN-1). Two keys of one account are for rotation. */
  account: text('account').notNull(),
  name: text('name').notNull(),
  /** SHA-256 of the secret, hex. */
  digest: text('digest').notNull(),
  /** JSON: names of regions, or null for all. */
  regions: text('regions'),
  events_per_day: integer('events_per_day'),
  events_per_second: integerColumn('events_per_second'),
  bytes_per_second: integerColumn('bytes_per_second'),
  created_at: text('created_at').notNull(),
  created_by: text('created_by').notNull(),
  expires_at: text('expires_at'),
  revoked_at: text('revoked_at'),
  last_used_at: text('last_used_at'),
});

export const people = sqliteTable('people', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email'),
  role: text('role', { enum: personRoles }).notNull(),
  /** JSON: names of regions, or null for all. */
  regions: text('regions'),
  /** SHA-256 of the sign-in token, hex; null where there is none. */
  token_digest: text('token_digest').unique(),
  created_at: text('created_at').notNull(),
  created_by: text('created_by').notNull(),
  disabled_at: text('disabled_at'),
  last_seen_at: text('last_seen_at'),
});

export const sessions = sqliteTable(
  'sessions',
  {
    /** SHA-256 of the cookie's secret, hex. */
    id: text('id').primaryKey(),
    person_id: text('person_id').notNull(),
    created_at: text('created_at').notNull(),
    expires_at: text('expires_at').notNull(),
    revoked_at: text('revoked_at'),
    country: text('country').notNull(),
  },
  (table) => [index('sessions_by_person').on(table.person_id)],
);

/** Each row bears the hash of the one before: an edit, a deletion or a swap breaks the chain. */
export const auditLog = sqliteTable('audit_log', {
  /** From 1, without gaps. */
  seq: integer('seq').primaryKey(),
  at: text('at').notNull(),
  actor: text('actor').notNull(),
  role: text('role').notNull(),
  action: text('action').notNull(),
  target: text('target').notNull(),
  country: text('country').notNull(),
  result: text('result', { enum: ['ok', 'refused', 'failed'] }).notNull(),
  /** JSON: texts by name. */
  details: text('details').notNull(),
  /** SHA-256 over the hash before and the row's canonical form, hex. */
  hash: text('hash').notNull(),
});
