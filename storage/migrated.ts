/** The newest file of migrations/; a test compares it with the folder. */
export const latestMigration = '0023_content_days.sql';

/** The database lacks tables, or the newest of them: a state of the installation that `npm run migrate` ends. */
export class NotMigratedError extends Error {
  override readonly name = 'NotMigratedError';

  constructor() {
    super('The database is not migrated: run `npm run migrate`.');
  }
}

/** Runs a query; throws NotMigratedError where a table does not exist yet. */
export async function needsMigration<T>(query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    throw isMissingTable(error) ? new NotMigratedError() : error;
  }
}

/** Whether the newest migration is in; wrangler keeps the list of those that are. */
export async function isMigrated(db: D1Database): Promise<boolean> {
  const query = db.prepare('SELECT 1 FROM d1_migrations WHERE name = ?1').bind(latestMigration);
  try {
    return (await query.first()) !== null;
  } catch (error) {
    if (isMissingTable(error)) return false;
    throw error;
  }
}

/** Drizzle wraps what D1 throws, and D1 what SQLite says: the words are all there is to tell it by. */
function isMissingTable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.message.includes('no such table') || isMissingTable(error.cause);
}
