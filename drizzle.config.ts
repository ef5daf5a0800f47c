import { defineConfig } from 'drizzle-kit';

/** `drizzle-kit generate` compares the schema with migrations/meta and writes the next migration. */
export default defineConfig({
  dialect: 'sqlite',
  schema: [
    './storage/schema.ts',
    './storage/lake-schema.ts',
    './storage/sql-schema.ts',
    './storage/account-schema.ts',
    './storage/warehouse-schema.ts',
    './storage/etl-schema.ts',
    './storage/view-schema.ts',
  ],
  out: './migrations',
});
