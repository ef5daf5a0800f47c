// The description of the API, judged by a linter that knows OpenAPI 3.1.
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { describe, expect, test } from 'vitest';
import { apiDocument } from '../../tools/api-document.ts';

/** What the linter's strictest set asks for and this API does not have, with the reason. */
const rules = {
  // Credentials come with access keys; until then there is no scheme to name.
  'security-defined': 'off',
  // Health takes nothing that could be wrong.
  'operation-4xx-response': 'off',
  // A WebSocket answers 101.
  'operation-2xx-response': 'off',
} as const;

/** An alert's id holds dots and a rule's is in capitals: `ack` is no rule, and `rules` is no alert. */
const notAmbiguous = /^no-ambiguous-paths .*`\/api\/alerts\/rules\/\{id\}` and `\/api\/alerts\/\{id\}\//;

async function lint(source: unknown): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'], rules });
  const found = await lintFromString({
    source: JSON.stringify(source),
    absoluteRef: 'openapi.json',
    config,
  });
  return found
    .map(({ ruleId, message, location }) => `${ruleId} ${message} ${location[0]?.pointer ?? ''}`)
    .filter((line) => !notAmbiguous.test(line));
}

describe('[API-6] the description of the API', () => {
  test('passes the linter', async () => {
    expect(await lint(await apiDocument())).toEqual([]);
  });

  test('the linter sees what is wrong', async () => {
    const document = await apiDocument();
    expect(await lint({ ...document, openapi: '3.1.0', info: {} })).not.toEqual([]);
    const { Problem: _, ...schemas } = document.components.schemas;
    const dangling = { ...document, components: { ...document.components, schemas } };
    expect((await lint(dangling)).join('\n')).toContain('no-unresolved-refs');
    const [path, item] = Object.entries(document.paths)[0] ?? ['', {}];
    const twice = { ...document, paths: { ...document.paths, [`${path}/again`]: item } };
    expect((await lint(twice)).join('\n')).toContain('operation-operationId-unique');
  });

  test('is the same each time', async () => {
    expect(JSON.stringify(await apiDocument())).toBe(JSON.stringify(await apiDocument()));
  });
});
