/** Saved views (VWS-1) and embeds (EMB-1); a part of the schema (schema.ts). Times are ISO 8601 in UTC. */
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { viewVisibilities } from '../core/view/saved-view.ts';

export const savedViews = sqliteTable('saved_views', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  address: text('address').notNull(),
  visibility: text('visibility', { enum: viewVisibilities }).notNull(),
  author_id: text('author_id').notNull(),
  author_name: text('author_name').notNull(),
  version: integer('version').notNull(),
  changed_at: text('changed_at').notNull(),
});

/** What another site may show of the live numbers (EMB-1); null regions are all of them. */
export const embeds = sqliteTable('embeds', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  /** JSON lists of names and of origins. */
  regions: text('regions'),
  origins: text('origins').notNull(),
  /** Version of the key that has signed its token. */
  key_version: integer('key_version').notNull(),
  created_at: text('created_at').notNull(),
  created_by: text('created_by').notNull(),
  expires_at: text('expires_at').notNull(),
  revoked_at: text('revoked_at'),
});
