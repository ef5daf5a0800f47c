import { applyD1Migrations } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { addTestCredentials } from '../workers/test-credentials.ts';

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
await addTestCredentials(env.DB);
