// Every route by every kind of caller, made from the routes themselves: one without a rule fails here.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import { hasRole, type Person, type PersonRole, personRoles } from '../../../core/access/caller.ts';
import { sessionMs } from '../../../core/protocol/limits.ts';
import { saveAlerts } from '../../../storage/alert-store.ts';
import { revokeSessionsOf } from '../../../storage/session-store.ts';
import { productDescription } from '../../../workers/api/openapi.ts';
import { buildAlert } from '../../support/alert-record.ts';
import { askAs, cookieFor, host, newPerson } from './people.ts';

const callers = ['none', ...personRoles, 'wrong region', 'expired', 'revoked', 'disabled'] as const;
type CallerName = (typeof callers)[number];

const operations = Object.entries(productDescription().paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({
    method: method.toUpperCase(),
    path,
    role: operation['x-role'],
  })),
);
const cookies = new Map<CallerName, string | null>([['none', null]]);
const region = 'EU-Paris';

beforeAll(async () => {
  for (const role of personRoles) cookies.set(role, await cookieFor(await newPerson(role)));
  cookies.set('wrong region', await cookieFor(await newPerson('admin', ['US-Virginia'])));
  cookies.set('expired', await cookieFor(await newPerson('admin'), Date.now() - sessionMs));
  const revoked = await newPerson('admin');
  cookies.set('revoked', await cookieFor(revoked));
  await revokeSessionsOf(env.DB, revoked.id, Date.now());
  const disabled = await newPerson('admin');
  cookies.set('disabled', await cookieFor(disabled));
  await env.DB.prepare("UPDATE people SET disabled_at = '2026-11-21' WHERE id = ?1").bind(disabled.id).run();
  await saveAlerts(env.DB, [
    buildAlert({
      id: 'of-paris',
      windowMinute: Math.floor(Date.now() / 60_000) - 5,
      region,
      regionNumber: 6,
    }),
  ]);
});

/** Answers of a door that lets pass; what the handler then finds is not admission's business. */
const passed = 'passed';

function expected(role: string, caller: CallerName): typeof passed | 401 | 403 {
  if (role === 'public') return passed;
  if (caller === 'none' || caller === 'expired' || caller === 'revoked' || caller === 'disabled') return 401;
  if (role === 'producer') return 403;
  const shown: PersonRole = caller === 'wrong region' ? 'admin' : caller;
  return hasRole({ role: shown } as Person, role as PersonRole) ? passed : 403;
}

/** As a page asks: a socket where there is one. */
const headersFor = (path: string): Record<string, string> =>
  path === '/api/live' ? { origin: host, upgrade: 'websocket' } : { origin: host };

async function outcome(method: string, path: string, caller: CallerName): Promise<string | number> {
  const address = path.replaceAll('{id}', 'of-paris');
  const headers = headersFor(path);
  const response = await askAs(cookies.get(caller) ?? null, address, { method, headers });
  response.webSocket?.accept();
  response.webSocket?.close();
  if (response.webSocket) return passed;
  if (response.status !== 401 && response.status !== 403) {
    await response.body?.cancel();
    return passed;
  }
  return response.status;
}

describe('[ACC-1, API-2] who may what', () => {
  test('every route names a role that there is', () => {
    const known = ['public', 'producer', ...personRoles];
    expect(operations.filter(({ role }) => !known.includes(role))).toEqual([]);
    expect(operations.length).toBeGreaterThan(25);
    for (const role of known) expect(operations.some((operation) => operation.role === role)).toBe(true);
  });

  // A sign-in without a body is refused as a body, and signing out ends a session: both belong to session.test.ts.
  const asked = operations.filter(({ method, path }) => method === 'GET' || path !== '/api/session');
  test.each(asked)('$method $path ($role)', async ({ method, path, role }) => {
    const found = [];
    for (const caller of callers) found.push([caller, await outcome(method, path, caller)]);
    expect(found).toEqual(callers.map((caller) => [caller, expected(role, caller)]));
  });

  test('what changes something is nothing for viewers, and what is for admins says so in its path', () => {
    const changing = operations.filter(({ method, path }) => method !== 'GET' && path !== '/api/session');
    expect(changing.filter(({ role }) => role === 'viewer' || role === 'public')).toEqual([]);
    // Of what admins do, analysts may read some. The catalogue is everybody's, but for making regions.
    for (const { method, path, role } of operations) {
      if (method === 'PUT' && path === '/api/catalog/regions/{name}') {
        expect(role).toBe('admin');
        continue;
      }
      const isOfAdmins = path.startsWith('/api/admin/');
      if (isOfAdmins) expect([path, method === 'GET' ? 'analyst' : 'admin', 'admin']).toContain(role);
      else expect([path, role]).not.toContain('admin');
    }
  });
});

describe('[ACC-2] a wrong region', () => {
  const withRegion = Object.entries(productDescription().paths).flatMap(([path, item]) => {
    const named = (item.get?.parameters ?? []).find(({ name }) => name === 'region' || name === 'regions');
    return named ? [[path, named.name]] : [];
  });

  test.each(withRegion)('%s is told of it by %s as of one that does not exist', async (path, name) => {
    const cookie = cookies.get('wrong region') ?? null;
    const headers = headersFor(path);
    const [hidden, absent] = await Promise.all([
      askAs(cookie, `${path}?${name}=${region}`, { headers }),
      askAs(cookie, `${path}?${name}=EU-Nowhere`, { headers }),
    ]);
    expect([hidden.status, absent.status]).toEqual([400, 400]);
    const [a, b] = [await hidden.json<object>(), await absent.json<object>()];
    expect({ ...a, request_id: '' }).toEqual({ ...b, request_id: '' });
  });

  test('is that of every route about regions', () => {
    expect(withRegion.length).toBeGreaterThan(9);
  });
});
