import { defineConfig } from 'drizzle-kit';

/** `drizzle-kit generate` compares storage/schema.ts with migrations/meta and writes the next migration. */
export default defineConfig({ dialect: 'sqlite', schema: './storage/schema.ts', out: './migrations' });
