/**
 * The command that asks what an operation answers; written when the site is built, and anew by try-it.ts. The shell has
 * the credential, so that it stands in no history: TOKEN is a person's sign-in token or JWT, KEY a producer's key.
 */
import type { Operation } from '../../core/protocol/openapi-document.ts';

/** Of a local run; a page replaces it by its own. */
export const exampleOrigin = 'http://127.0.0.1:8787';

/** Fills `{id}` of a path and appends what is not empty to the query. */
export function addressOf(path: string, values: Iterable<readonly [string, string]>): string {
  const query = new URLSearchParams();
  let filled = path;
  for (const [name, value] of values) {
    if (filled.includes(`{${name}}`)) filled = filled.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== '') query.append(name, value);
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

/** Single quotes are closed around each of their own kind. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export function getCommand(origin: string, address: string, isPublic: boolean): string {
  return `curl ${quoted(origin + address)}${isPublic ? '' : ` \\\n  ${credentialOf('viewer')}`}`;
}

const credentialOf = (role: string): string =>
  `-H "authorization: Bearer $${role === 'producer' ? 'KEY' : 'TOKEN'}"`;

export function commandOf(method: string, path: string, operation: Operation): string {
  const given = (operation.parameters ?? [])
    .filter(({ in: place, name }) => place === 'path' || name === 'minutes' || name === 'limit')
    .map(({ name, example }) => [name, String(example)] as const);
  const address = addressOf(path, given);
  const role = operation['x-role'];
  if (method === 'get') return getCommand(exampleOrigin, address, role === 'public');
  const body = operation.requestBody?.content['application/json']?.example;
  const lines = [`curl -X ${method.toUpperCase()} ${quoted(exampleOrigin + address)}`];
  if (role !== 'public') lines.push(credentialOf(role));
  if (body !== undefined) {
    lines.push("-H 'content-type: application/json'", `-d ${quoted(JSON.stringify(body, null, 2))}`);
  }
  const [type] = Object.keys(operation.requestBody?.content ?? {});
  if (body === undefined && type !== undefined)
    lines.push(`-H 'content-type: ${type}'`, '--data-binary @FILE');
  return lines.join(' \\\n  ');
}
