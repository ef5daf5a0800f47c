import { asc, eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { PersonRole } from '../core/access/caller.ts';
import { needsMigration } from './migrated.ts';
import { readRegions, readRole } from './person-row.ts';
import { people } from './schema.ts';

/** A person as D1 has it; times in ms. */
export interface StoredPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: PersonRole;
  readonly regions: readonly string[] | '*';
  /** SHA-256 of the sign-in token, hex; null where there is none. */
  readonly tokenDigest: string | null;
  readonly createdAtMs: number;
  /** Id of who made it. */
  readonly createdBy: string;
  readonly disabledAtMs: number | null;
  readonly lastSeenAtMs: number | null;
}

type Row = typeof people.$inferSelect;

const isoTime = (ms: number): string => new Date(ms).toISOString();

/** By time of making. */
export async function readPeople(db: D1Database): Promise<StoredPerson[]> {
  const rows = await needsMigration(() =>
    drizzle(db).select().from(people).orderBy(asc(people.created_at), asc(people.id)),
  );
  return rows.map(personOf);
}

export async function readPerson(db: D1Database, id: string): Promise<StoredPerson | null> {
  const [row] = await needsMigration(() => drizzle(db).select().from(people).where(eq(people.id, id)));
  return row ? personOf(row) : null;
}

/** False where the id is taken. */
export async function addPerson(db: D1Database, person: StoredPerson): Promise<boolean> {
  const { id, name, email, role, regions, tokenDigest, createdBy } = person;
  const added = await drizzle(db)
    .insert(people)
    .values({
      id,
      name,
      email,
      role,
      regions: regions === '*' ? null : JSON.stringify(regions),
      token_digest: tokenDigest,
      created_at: isoTime(person.createdAtMs),
      created_by: createdBy,
    })
    .onConflictDoNothing({ target: people.id })
    .returning({ id: people.id });
  return added.length > 0;
}

/** From now on the token with this digest signs in, and no other. False where there is no such person. */
export async function setTokenDigest(db: D1Database, id: string, digest: string): Promise<boolean> {
  const set = drizzle(db).update(people).set({ token_digest: digest }).where(eq(people.id, id));
  return (await set.returning({ id: people.id })).length > 0;
}

/** For good: the row stays, since the audit log names it. False where there is no such person. */
export async function disablePerson(db: D1Database, id: string, atMs: number): Promise<boolean> {
  const set = drizzle(db)
    .update(people)
    .set({ disabled_at: isoTime(atMs), token_digest: null })
    .where(eq(people.id, id));
  return (await set.returning({ id: people.id })).length > 0;
}

export async function noteSeen(db: D1Database, id: string, atMs: number): Promise<void> {
  await drizzle(db)
    .update(people)
    .set({ last_seen_at: isoTime(atMs) })
    .where(eq(people.id, id));
}

function personOf(row: Row): StoredPerson {
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    role: readRole('people', row.id, row.role),
    regions: readRegions('people', row.id, row.regions),
    tokenDigest: row.token_digest,
    createdAtMs: Date.parse(row.created_at),
    createdBy: row.created_by,
    disabledAtMs: row.disabled_at === null ? null : Date.parse(row.disabled_at),
    lastSeenAtMs: row.last_seen_at === null ? null : Date.parse(row.last_seen_at),
  };
}
