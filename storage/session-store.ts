import { and, eq, gt, isNull, type SQL } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/d1';
import type { Person } from '../core/access/caller.ts';
import { credentialOutageMs, sessionCacheMs, sessionsCachedMax } from '../core/protocol/limits.ts';
import { type BeliefLimits, Believed } from './believed.ts';
import { needsMigration } from './migrated.ts';
import { readRegions, readRole } from './person-row.ts';
import { people, sessions } from './schema.ts';

export interface NewSession {
  /** SHA-256 of the cookie's secret, hex. */
  readonly id: string;
  readonly personId: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** Two letters, or empty. */
  readonly country: string;
}

/** How long what D1 said of a sign-in is believed. */
export const signInBelief: BeliefLimits = {
  freshMs: sessionCacheMs,
  outageMs: credentialOutageMs,
  countMax: sessionsCachedMax,
  strangersMax: 0,
};

/** One per database binding of this isolate. Only sessions that stand: what is guessed must not fill it. */
const believed = new WeakMap<D1Database, Believed<Person>>();

const isoTime = (ms: number): string => new Date(ms).toISOString();

export async function addSession(db: D1Database, session: NewSession): Promise<void> {
  await needsMigration(() =>
    drizzle(db)
      .insert(sessions)
      .values({
        id: session.id,
        person_id: session.personId,
        created_at: isoTime(session.createdAtMs),
        expires_at: isoTime(session.expiresAtMs),
        country: session.country,
      }),
  );
}

/** Whose session it is, as D1 said at most sessionCacheMs ago; null where it does not stand. */
export async function sessionPerson(db: D1Database, id: string, nowMs: number): Promise<Person | null> {
  const person = await believedOf(db).find(id, nowMs, () => readSession(db, id, nowMs));
  return person && isOver(person, nowMs) ? null : person;
}

/** The same, as D1 says now. */
export async function readSession(db: D1Database, id: string, nowMs: number): Promise<Person | null> {
  const [row] = await needsMigration(() =>
    drizzle(db)
      .select({
        personId: people.id,
        name: people.name,
        role: people.role,
        regions: people.regions,
        expiresAt: sessions.expires_at,
      })
      .from(sessions)
      .innerJoin(people, eq(people.id, sessions.person_id))
      .where(and(eq(sessions.id, id), isNull(sessions.revoked_at), isNull(people.disabled_at))),
  );
  if (!row) return null;
  const person: Person = {
    kind: 'person',
    id: row.personId,
    name: row.name,
    role: readRole('people', row.personId, row.role),
    regions: readRegions('people', row.personId, row.regions),
    via: 'session',
    sessionId: id,
    expiresAtMs: Date.parse(row.expiresAt),
  };
  return isOver(person, nowMs) ? null : person;
}

/** Other isolates learn of it within sessionCacheMs. Whose it was; null where there was none that stood. */
export async function revokeSession(db: D1Database, id: string, atMs: number): Promise<string | null> {
  const standing = and(eq(sessions.id, id), gt(sessions.expires_at, isoTime(atMs)));
  const [ended] = await revokeWhere(db, standing, atMs);
  return ended?.personId ?? null;
}

/** All of a person's. False where there was none. */
export async function revokeSessionsOf(db: D1Database, personId: string, atMs: number): Promise<boolean> {
  return (await revokeWhere(db, eq(sessions.person_id, personId), atMs)).length > 0;
}

async function revokeWhere(db: D1Database, which: SQL | undefined, atMs: number) {
  const ended = await needsMigration(() =>
    drizzle(db)
      .update(sessions)
      .set({ revoked_at: isoTime(atMs) })
      .where(and(which, isNull(sessions.revoked_at)))
      .returning({ personId: sessions.person_id }),
  );
  believedOf(db).forgetAll();
  return ended;
}

function isOver({ expiresAtMs }: Person, nowMs: number): boolean {
  return expiresAtMs !== null && nowMs >= expiresAtMs;
}

function believedOf(db: D1Database): Believed<Person> {
  const held = believed.get(db) ?? new Believed<Person>(signInBelief);
  believed.set(db, held);
  return held;
}
