/** Saved views (VWS-1); a part of the schema (schema.ts). Times are ISO 8601 in UTC. */
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
