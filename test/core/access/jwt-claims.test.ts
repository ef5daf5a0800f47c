import { describe, expect, test } from 'vitest';
import { type JwtExpectations, judgeJwtClaims, judgeJwtHeader } from '../../../core/access/jwt-claims.ts';

const expected: JwtExpectations = {
  issuer: 'https://login.example',
  audience: 'marquee',
  algorithm: 'RS256',
  roleClaim: 'role',
  regionsClaim: 'regions',
  nameClaim: 'name',
  roleOf: null,
};
const nowMs = 1_800_000_000_000;
const claims = { iss: expected.issuer, aud: 'marquee', sub: 'ann', role: 'viewer', exp: nowMs / 1000 };

describe('[ACC-4] the header of a token', () => {
  test.each([
    [{ alg: 'RS256', kid: 'k' }, 'k'],
    [{ alg: 'RS256', typ: 'at+jwt' }, null],
  ])('%j is taken', (header, keyId) => {
    expect(judgeJwtHeader(header, 'RS256')).toEqual({ ok: true, keyId });
  });

  test.each([
    {},
    { alg: 'none' },
    { alg: 'HS256' },
    { alg: 'rs256' },
    { alg: ['RS256'] },
    { alg: 'RS256', kid: 7 },
    { alg: 'RS256', jku: '' },
    { alg: 'RS256', jwk: null },
    { alg: 'RS256', crit: [] },
    [],
    null,
    undefined,
    'RS256',
  ])('%j is not', (header) => {
    expect(judgeJwtHeader(header, 'RS256').ok).toBe(false);
  });
});

describe('[ACC-4] the claims of a token', () => {
  test.each([null, undefined, [], 'x', 7, {}])('%j are none', (value) => {
    expect(judgeJwtClaims(value, expected, nowMs).ok).toBe(false);
  });

  test('without any one of what must be there are refused', () => {
    expect(judgeJwtClaims(claims, expected, nowMs).ok).toBe(true);
    for (const name of Object.keys(claims)) {
      expect([name, judgeJwtClaims({ ...claims, [name]: undefined }, expected, nowMs).ok]).toEqual([
        name,
        false,
      ]);
    }
  });

  test('that name roles are nothing where a list of ours gives them', () => {
    const roleOf = { 'ann@example.com': 'viewer', ops: 'admin' } as const;
    const roleIn = (others: object) => {
      const judged = judgeJwtClaims({ ...claims, role: 'admin', ...others }, { ...expected, roleOf }, nowMs);
      return judged.ok ? judged.person.role : null;
    };
    expect(roleIn({})).toBeNull();
    expect(roleIn({ email: 'ANN@example.com' })).toBe('viewer');
    expect(roleIn({ email: 'ann@example.com', groups: ['none', 'ops'] })).toBe('admin');
    for (const email of ['__proto__', 'toString', 7, null]) expect(roleIn({ email })).toBeNull();
  });
});
