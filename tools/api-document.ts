// The OpenAPI description of the API, for the build, the reference pages and tests on Node.
import { join } from 'node:path';
import { runnerImport } from 'vite';
import type { OpenApiDocument } from '../core/protocol/openapi-document.ts';
import { root } from './bootstrap.mjs';

/**
 * The routes belong to the Workers runtime: their types do not fit those of Node, and package.json is imported as a
 * module. So they are loaded as a bundler would load them, by name.
 */
export async function apiDocument(): Promise<OpenApiDocument> {
  const { module } = await runnerImport<{ productDescription: () => OpenApiDocument }>(
    join(root, 'workers/api/openapi.ts'),
    { configFile: false, logLevel: 'error', define: { DESCRIBED: 'true' } },
  );
  return module.productDescription();
}
