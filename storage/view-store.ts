/** Saved views in D1 (VWS-1). There are at most savedViewsMax, so that a read is of all of them. */
import { and, asc, eq, or } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { savedViewsMax, savedViewsPerAuthorMax } from '../core/protocol/note-limits.ts';
import { type SavedView, viewVisibilities } from '../core/view/saved-view.ts';
import { needsMigration } from './migrated.ts';
import { StoredDataError } from './stored-data-error.ts';
import { savedViews } from './view-schema.ts';

type Row = typeof savedViews.$inferSelect;

/** Shared ones and those of the reader, by name. Throws StoredDataError. */
export async function readViews(db: D1Database, readerId: string): Promise<SavedView[]> {
  const rows = await needsMigration(() =>
    drizzle(db)
      .select()
      .from(savedViews)
      .where(or(eq(savedViews.visibility, 'shared'), eq(savedViews.author_id, readerId)))
      .orderBy(asc(savedViews.name), asc(savedViews.id)),
  );
  return rows.map(viewOf);
}

export async function readView(db: D1Database, id: string): Promise<SavedView | null> {
  const [row] = await needsMigration(() =>
    drizzle(db).select().from(savedViews).where(eq(savedViews.id, id)),
  );
  return row ? viewOf(row) : null;
}

/** Writes it where there are fewer than may be, however many write at once. False where there are not. */
export async function addView(db: D1Database, view: SavedView): Promise<boolean> {
  const row = rowOf(view);
  const names = Object.keys(row);
  const sql = `INSERT INTO saved_views (${names.join()}) SELECT ${names.map((_, at) => `?${at + 4}`).join()}
    FROM (SELECT count(*) AS every, coalesce(sum(author_id = ?1), 0) AS own FROM saved_views)
    WHERE own < ?2 AND every < ?3`;
  const values = [row.author_id, savedViewsPerAuthorMax, savedViewsMax, ...Object.values(row)];
  const { meta } = await needsMigration(() =>
    db
      .prepare(sql)
      .bind(...values)
      .run(),
  );
  return meta.changes > 0;
}

/** Writes the view in the place of its version before. False where that is not what D1 has. */
export async function changeView(db: D1Database, view: SavedView): Promise<boolean> {
  const { meta } = await drizzle(db)
    .update(savedViews)
    .set(rowOf(view))
    .where(and(eq(savedViews.id, view.id), eq(savedViews.version, view.version - 1)));
  return meta.changes > 0;
}

/** False where D1 has another version or none. */
export async function deleteView(
  db: D1Database,
  { id, version }: Pick<SavedView, 'id' | 'version'>,
): Promise<boolean> {
  const { meta } = await drizzle(db)
    .delete(savedViews)
    .where(and(eq(savedViews.id, id), eq(savedViews.version, version)));
  return meta.changes > 0;
}

function rowOf(view: SavedView): Row {
  return {
    id: view.id,
    name: view.name,
    address: view.address,
    visibility: view.visibility,
    author_id: view.authorId,
    author_name: view.authorName,
    version: view.version,
    changed_at: new Date(view.changedAtMs).toISOString(),
  };
}

function viewOf(row: Row): SavedView {
  // D1 holds to no list of values: what is not known must not pass for what others may see.
  if (!viewVisibilities.includes(row.visibility))
    throw new StoredDataError('saved_views', row.id, 'there is no such visibility');
  return {
    id: row.id,
    name: row.name,
    address: row.address,
    visibility: row.visibility,
    authorId: row.author_id,
    authorName: row.author_name,
    version: row.version,
    changedAtMs: Date.parse(row.changed_at),
  };
}
