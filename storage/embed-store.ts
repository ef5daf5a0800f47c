/** Embeds in D1 (EMB-1). A grant is never changed: what it gives is what was signed for. */
import { desc, eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import { embedsKeptMs, embedsMax } from '../core/protocol/note-limits.ts';
import { Believed } from './believed.ts';
import { needsMigration } from './migrated.ts';
import { signInBelief } from './session-store.ts';
import { StoredDataError } from './stored-data-error.ts';
import { embeds } from './view-schema.ts';

export interface Embed {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly regions: readonly string[] | '*';
  /** Sites that may frame it; those of the deployment where there are none. */
  readonly origins: readonly string[];
  readonly keyVersion: number;
  /** ms. */
  readonly createdAtMs: number;
  readonly createdBy: string;
  readonly expiresAtMs: number;
  readonly revokedAtMs: number | null;
}

const isoTime = (ms: number): string => new Date(ms).toISOString();

/** One per database binding of this isolate, by id. */
const believed = new WeakMap<D1Database, Believed<Embed>>();

/** As D1 said at most sessionCacheMs ago; null where there is none. Throws what D1 throws. */
export async function believedEmbed(db: D1Database, id: string, nowMs: number): Promise<Embed | null> {
  const held = believed.get(db) ?? new Believed<Embed>(signInBelief);
  believed.set(db, held);
  return await held.find(id, nowMs, () => readEmbed(db, id));
}

export async function readEmbed(db: D1Database, id: string): Promise<Embed | null> {
  const [row] = await needsMigration(() => drizzle(db).select().from(embeds).where(eq(embeds.id, id)));
  return row ? embedOf(row) : null;
}

/** Newest first; of one author, or all. */
export async function listEmbeds(db: D1Database, createdBy: string | null): Promise<Embed[]> {
  const mine = createdBy === null ? undefined : eq(embeds.created_by, createdBy);
  const rows = await needsMigration(() =>
    drizzle(db).select().from(embeds).where(mine).orderBy(desc(embeds.created_at), desc(embeds.id)),
  );
  return rows.map(embedOf);
}

/** False where embedsMax stand already, however many write at once. What ended long ago goes. */
export async function addEmbed(db: D1Database, embed: Embed): Promise<boolean> {
  const { createdAtMs: nowMs, regions } = embed;
  const values = [
    embed.id,
    embed.name,
    regions === '*' ? null : JSON.stringify(regions),
    JSON.stringify(embed.origins),
    embed.keyVersion,
    isoTime(nowMs),
    embed.createdBy,
    isoTime(embed.expiresAtMs),
  ];
  const forget = db
    .prepare('DELETE FROM embeds WHERE coalesce(revoked_at, expires_at) < ?1')
    .bind(isoTime(nowMs - embedsKeptMs));
  const add = db
    .prepare(
      `INSERT INTO embeds (id, name, regions, origins, key_version, created_at, created_by, expires_at)
      SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
      WHERE (SELECT count(*) FROM embeds WHERE revoked_at IS NULL AND expires_at > ?6) < ?9`,
    )
    .bind(...values, embedsMax);
  const [, added] = await needsMigration(() => db.batch([forget, add]));
  return (added?.meta.changes ?? 0) > 0;
}

/** For good. Other isolates learn of it within sessionCacheMs. */
export async function revokeEmbed(db: D1Database, id: string, atMs: number): Promise<void> {
  await drizzle(db)
    .update(embeds)
    .set({ revoked_at: sql`coalesce(${embeds.revoked_at}, ${isoTime(atMs)})` })
    .where(eq(embeds.id, id));
  believed.get(db)?.forgetAll();
}

function embedOf(row: typeof embeds.$inferSelect): Embed {
  return {
    id: row.id,
    name: row.name,
    regions: row.regions === null ? '*' : listOf(row.id, row.regions),
    origins: listOf(row.id, row.origins),
    keyVersion: row.key_version,
    createdAtMs: Date.parse(row.created_at),
    createdBy: row.created_by,
    expiresAtMs: Date.parse(row.expires_at),
    revokedAtMs: row.revoked_at === null ? null : Date.parse(row.revoked_at),
  };
}

/** What cannot be read must not pass for a wider grant. */
function listOf(id: string, text: string): readonly string[] {
  const value: unknown = JSON.parse(text);
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value;
  throw new StoredDataError('embeds', id, 'no list of texts');
}
