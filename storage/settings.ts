import { needsMigration } from './migrated.ts';
import { StoredDataError } from './stored-data-error.ts';

const secret = /^[0-9a-f]{32}$/;

/**
 * A key of a local run: made by `generate` (32 hex digits) the first time and the same ever after, whoever asks and
 * however many at once: the first insert wins and all read what it wrote. A deployment has its keys as secrets.
 * Throws NotMigratedError; StoredDataError when what is stored is no key.
 */
export async function localSecret(db: D1Database, name: string, generate: () => string): Promise<string> {
  const read = db.prepare('SELECT value FROM settings WHERE name = ?1').bind(name);
  const held = await needsMigration(() => read.first<string>('value'));
  if (held !== null) return checked(name, held);
  const made = checked(name, generate());
  await db.prepare('INSERT OR IGNORE INTO settings (name, value) VALUES (?1, ?2)').bind(name, made).run();
  return checked(name, await read.first<string>('value'));
}

function checked(name: string, value: string | null): string {
  if (value === null || !secret.test(value)) throw new StoredDataError('settings', name, 'not 32 hex digits');
  return value;
}
