/** Producers' keys in D1 (KEY-2). The text of a key is given out once and is nowhere afterwards: only its digest is. */
import { desc, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import * as z from 'zod';
import { formatKey, type KeyEnvironment, keyRandomBytes, makeKey } from '../core/access/key-format.ts';
import type { KeyLimits } from '../core/access/rate-limit.ts';
import { keyUseNotedMs } from '../core/protocol/limits.ts';
import { once } from '../core/protocol/once.ts';
import { fromHex, toHex } from './hex.ts';
import { needsMigration } from './migrated.ts';
import { ingestKeys } from './schema.ts';
import { StoredDataError } from './stored-data-error.ts';

/** What is decided when a key is made, and never changed. */
export interface KeyGrant {
  /** Producer account: part of the identity of its events (IDN-1). Keys of one account are for rotation. */
  readonly account: string;
  readonly name: string;
  /** Names of the regions that it may send; null for all. */
  readonly regions: readonly string[] | null;
  readonly limits: KeyLimits;
  /** Null for never. */
  readonly expiresAtMs: number | null;
}

export interface IngestKey extends KeyGrant {
  readonly id: string;
  readonly createdAtMs: number;
  /** Id of the person. */
  readonly createdBy: string;
  readonly revokedAtMs: number | null;
  /** To a minute; null before its first use. */
  readonly lastUsedAtMs: number | null;
}

/** A key as the door checks it. */
export interface CheckedKey {
  readonly key: IngestKey;
  /** SHA-256 of the secret. */
  readonly digest: Uint8Array;
}

type Row = typeof ingestKeys.$inferSelect;

/** SHA-256 of a secret's digits. */
export async function secretDigest(secret: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret)));
}

/** Makes a key. `text` is the only copy of it. */
export async function createKey(
  db: D1Database,
  environment: KeyEnvironment,
  grant: KeyGrant,
  by: { readonly createdBy: string; readonly nowMs: number },
): Promise<{ readonly text: string; readonly key: IngestKey }> {
  const parts = makeKey(environment, crypto.getRandomValues(new Uint8Array(keyRandomBytes)));
  const { account, name, regions, limits, expiresAtMs } = grant;
  const row: Row = {
    id: parts.id,
    account,
    name,
    digest: toHex(await secretDigest(parts.secret)),
    regions: regions && JSON.stringify(regions),
    events_per_day: limits.eventsPerDay,
    events_per_second: limits.eventsPerSecond,
    bytes_per_second: limits.bytesPerSecond,
    created_at: iso(by.nowMs),
    created_by: by.createdBy,
    expires_at: expiresAtMs === null ? null : iso(expiresAtMs),
    revoked_at: null,
    last_used_at: null,
  };
  await needsMigration(() => drizzle(db).insert(ingestKeys).values(row));
  return { text: formatKey(parts), key: keyOf(row) };
}

/** All keys, the newest first, without their digests. */
export async function listKeys(db: D1Database): Promise<IngestKey[]> {
  const rows = await needsMigration(() =>
    drizzle(db).select().from(ingestKeys).orderBy(desc(ingestKeys.created_at), ingestKeys.id),
  );
  return rows.map(keyOf);
}

/** The key of an id, revoked and expired ones too; null where there is none. */
export async function readKey(db: D1Database, id: string): Promise<CheckedKey | null> {
  const [row] = await needsMigration(() =>
    drizzle(db).select().from(ingestKeys).where(eq(ingestKeys.id, id)),
  );
  if (!row) return null;
  const digest = fromHex(row.digest);
  if (digest?.length !== 32) throw new StoredDataError('ingest_keys', id, 'its digest is no SHA-256');
  return { key: keyOf(row), digest };
}

/** Revokes a key for good; a second time keeps the first. Null where there is none. */
export async function revokeKey(db: D1Database, id: string, nowMs: number): Promise<IngestKey | null> {
  const update = db.prepare('UPDATE ingest_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL');
  await needsMigration(() => update.bind(id, iso(nowMs)).run());
  return (await readKey(db, id))?.key ?? null;
}

/** Notes that a key was used. Isolates that do so at once write one row: only a minute's difference is written. */
export async function noteKeyUse(db: D1Database, id: string, nowMs: number): Promise<void> {
  await db
    .prepare(
      'UPDATE ingest_keys SET last_used_at = ?2 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at <= ?3)',
    )
    .bind(id, iso(nowMs), iso(nowMs - keyUseNotedMs))
    .run();
}

const regionNames = once(() => z.array(z.string()));

function keyOf(row: Row): IngestKey {
  return {
    id: row.id,
    account: row.account,
    name: row.name,
    regions: row.regions === null ? null : namesOf(row.id, row.regions),
    limits: {
      eventsPerSecond: row.events_per_second,
      bytesPerSecond: row.bytes_per_second,
      eventsPerDay: row.events_per_day,
    },
    expiresAtMs: timeOf(row.id, row.expires_at),
    createdAtMs: timeOf(row.id, row.created_at) ?? 0,
    createdBy: row.created_by,
    revokedAtMs: timeOf(row.id, row.revoked_at),
    lastUsedAtMs: timeOf(row.id, row.last_used_at),
  };
}

/** A damaged scope must never read as "all regions". */
function namesOf(id: string, json: string): string[] {
  try {
    return regionNames().parse(JSON.parse(json));
  } catch {
    throw new StoredDataError('ingest_keys', id, 'its regions are no list of names');
  }
}

/** A damaged time must never read as "never". */
function timeOf(id: string, text: string | null): number | null {
  if (text === null) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new StoredDataError('ingest_keys', id, 'a time is none');
  return ms;
}

const iso = (ms: number): string => new Date(ms).toISOString();
