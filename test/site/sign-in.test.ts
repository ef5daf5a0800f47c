// What the page to sign in at decides by itself: where it leads, what it takes for a token, what it says.
import { describe, expect, test } from 'vitest';
import { problem } from '../../core/protocol/problem.ts';
import { returnAddress } from '../../site/access/return-address.ts';
import { sessionEnd } from '../../site/access/session-end.ts';
import { shownToken, tokenFault } from '../../site/access/shown-token.ts';
import { signInFailure } from '../../site/access/sign-in-failure.ts';

const origin = 'https://marquee.example';

describe('[ACC-8] where a sign-in leads', () => {
  test.each([
    ['/', '/'],
    ['/?region=EU-London', '/?region=EU-London'],
    ['/admin/keys?state=active#new', '/admin/keys?state=active#new'],
    ['/a/../docs', '/docs'],
    ['/%2F%2Fevil.example', '/%2F%2Fevil.example'],
  ])('%s is a path of this site', (then, path) => {
    expect(returnAddress(then, origin)).toBe(path);
  });

  test.each([
    null,
    '',
    'docs',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '\n//evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/.\\\\evil.example',
    'https://evil.example/',
    'https:evil.example',
    `${origin}.evil.example`,
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    '//[',
    '/sign-in?then=/sign-in',
  ])('%j leads to the live view', (then) => {
    const path = returnAddress(then, origin);
    expect(path).toBe('/');
  });
});

test('a token is found in what was pasted around it', () => {
  expect(shownToken('  mqp_4q0h2k7mzx1c_abc \n')).toBe('mqp_4q0h2k7mzx1c_abc');
  expect(shownToken('http://127.0.0.1:8787/sign-in#mqp_4q0h2k7mzx1c_abc')).toBe('mqp_4q0h2k7mzx1c_abc');
  expect(shownToken(' something else ')).toBe('something else');
});

test('what cannot be a sign-in token is told before anything is sent', () => {
  expect(tokenFault('')).toContain('Paste');
  for (const key of ['mq_live_x', 'mq_local_x']) expect(tokenFault(key)).toContain('key of a producer');
  expect(tokenFault('mqp_x')).toBeNull();
  expect(tokenFault('something else')).toBeNull();
});

test('a failed sign-in says what happened and what to do', () => {
  const said = (status: number, retryAfterS?: number) =>
    signInFailure({ ok: false, status, text: 'Text.', problem: null, ...(retryAfterS && { retryAfterS }) });
  expect(said(401)).toContain('signs nobody in');
  expect(said(429, 42)).toContain('42 s');
  expect(said(429)).toContain('a minute');
  expect(said(0)).toContain('did not answer');
  expect(said(500)).toBe('Text.');
  const notConfigured = problem('not_configured', 'ACCESS_TEAM has no counterpart.');
  expect(signInFailure({ ok: false, status: 503, text: '', problem: notConfigured })).toBe(
    'A secret of the deployment is missing or not valid. ACCESS_TEAM has no counterpart.',
  );
});

test('the end of a sign-in is said from ten minutes on, and that it is over', () => {
  const minuteMs = 60_000;
  const end = new Date(2026, 10, 21, 18, 35).getTime();
  expect(sessionEnd(end, end - 10 * minuteMs - 1)).toEqual({
    lead: 'Signed in until',
    time: '18:35',
    isSoon: false,
  });
  expect(sessionEnd(end, end - 10 * minuteMs)).toEqual({
    lead: 'Sign-in ends in',
    time: '10\u202fmin',
    isSoon: true,
  });
  expect(sessionEnd(end, end - 1)).toEqual({ lead: 'Sign-in ends in', time: '1\u202fmin', isSoon: true });
  expect(sessionEnd(end, end)).toEqual({ lead: 'Sign-in has', time: 'ended', isSoon: true });
});
