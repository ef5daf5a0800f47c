// A sign-in token as a bearer: for programs of a person.
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { sessionCacheMs } from '../../../core/protocol/limits.ts';
import { tokenPerson } from '../../../workers/api/token-person.ts';
import { problemOf } from './ask.ts';
import { askAs, cookieFor, deployment, newPerson } from './people.ts';

afterEach(() => vi.useRealTimers());

const show = (token: string, path = '/api/session', init: RequestInit = {}) =>
  askAs(null, path, { ...init, headers: { authorization: `Bearer ${token}` } });

describe('[ACC-3] a sign-in token as a bearer', () => {
  test('says who asks, in a deployment too, and needs no session', async () => {
    const { id, token } = await newPerson('analyst', ['EU-London'], 'Ann');
    const response = await show(token);
    expect(await response.json()).toEqual({
      data: { id, name: 'Ann', role: 'analyst', regions: ['EU-London'], via: 'bearer', expires_at: null },
    });
    const { results } = await env.DB.prepare('SELECT * FROM sessions WHERE person_id = ?1').bind(id).all();
    expect(results).toEqual([]);
  });

  test('opens what its role opens, and the door for events to nobody', async () => {
    const { token } = await newPerson('viewer');
    expect((await show(token, '/api/stats/regions')).status).toBe(200);
    expect((await show(token, '/api/admin/keys')).status).toBe(403);
    const events = await show(token, '/v1/events', { method: 'POST', body: '{}' });
    expect(await problemOf(events)).toMatchObject({
      status: 403,
      detail: expect.stringContaining("producer's key") as unknown,
    });
  });

  test('of another secret, another person, or disabled is refused', async () => {
    const [ann, bob] = [await newPerson('admin'), await newPerson('admin')];
    const prefix = 'mqp_'.length + 12;
    const mixed = ann.token.slice(0, prefix) + bob.token.slice(prefix);
    for (const wrong of [mixed, `${ann.token}x`, ann.token.toUpperCase(), 'mqp_'])
      expect([wrong, (await show(wrong)).status]).toEqual([wrong, 401]);
    await env.DB.prepare("UPDATE people SET disabled_at = '2026-11-21' WHERE id = ?1").bind(ann.id).run();
    expect((await show(ann.token)).status).toBe(401);
  });

  test('with a session of the same person is fine, of another one it is refused', async () => {
    const [ann, bob] = [await newPerson('admin'), await newPerson('admin')];
    const both = async (cookie: string) =>
      askAs(cookie, '/api/session', { headers: { authorization: `Bearer ${ann.token}` } });
    expect((await both(await cookieFor(ann))).status).toBe(200);
    expect((await both(await cookieFor(bob))).status).toBe(401);
  });

  test('ends here at once when its person gets another one or is disabled, elsewhere within ten seconds', async () => {
    const [admin, ann] = [await newPerson('admin'), await newPerson('admin')];
    const post = (path: string) => show(admin.token, path, { method: 'POST' });
    expect((await show(ann.token)).status).toBe(200);
    const renewed = await post(`/api/admin/people/${ann.id}/token`);
    const { token } = await renewed.json<{ token: string }>();
    expect([(await show(ann.token)).status, (await show(token)).status]).toEqual([401, 200]);
    expect((await post(`/api/admin/people/${ann.id}/disable`)).status).toBe(200);
    expect((await show(token)).status).toBe(401);

    const bob = await newPerson('viewer');
    const beganMs = Date.now();
    expect(await tokenPerson(deployment.DB, bob.token, beganMs)).not.toBeNull();
    await env.DB.prepare("UPDATE people SET disabled_at = '2026-11-21' WHERE id = ?1").bind(bob.id).run();
    expect(await tokenPerson(deployment.DB, bob.token, beganMs + sessionCacheMs - 1)).not.toBeNull();
    expect(await tokenPerson(deployment.DB, bob.token, beganMs + sessionCacheMs)).toBeNull();
  });
});
