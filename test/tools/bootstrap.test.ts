import { describe, expect, test } from 'vitest';
import { chooseNode, staleReason } from '../../tools/bootstrap.mjs';
import { read } from '../house/source.ts';

const entry = (version: string, more: object = {}) => ({ version, integrity: `sha512-${version}`, ...more });
const wanted = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': entry('1.0.0'),
    'node_modules/mac': entry('2.0.0', { optional: true }),
  },
};

describe('whether to install', () => {
  test.each([
    ['all is there', { 'node_modules/a': entry('1.0.0'), 'node_modules/mac': entry('2.0.0') }, undefined],
    ['all but what is for another platform', { 'node_modules/a': entry('1.0.0') }, undefined],
    [
      'more than is needed',
      { 'node_modules/a': entry('1.0.0'), 'node_modules/b': entry('1.0.0') },
      undefined,
    ],
    ['one is missing', {}, 'node_modules/a is not installed'],
    ['one is another version', { 'node_modules/a': entry('1.0.1') }, 'node_modules/a is not the locked one'],
    [
      'one has other bytes',
      { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } },
      'node_modules/a is not the locked one',
    ],
    [
      'an optional one is another version',
      { 'node_modules/a': entry('1.0.0'), 'node_modules/mac': entry('1.9.0') },
      'node_modules/mac is not the locked one',
    ],
  ])('%s', (_, packages, reason) => {
    expect(staleReason(wanted, { packages })).toBe(reason);
  });

  test('nothing is there, or an installation was interrupted', () => {
    expect(staleReason(wanted, undefined)).toBe('nothing is installed yet');
  });

  test('the packages that run this test are the locked ones', () => {
    const lock = JSON.parse(read('package-lock.json')) as typeof wanted;
    const installed = JSON.parse(read('node_modules/.package-lock.json')) as typeof wanted;
    expect(staleReason(lock, installed)).toBeUndefined();
  });
});

describe('which Node', () => {
  const own = (version: string) => ({ path: '/own/node', version });
  const quiet = '--disable-warning=ExperimentalWarning';

  test("the toolchain's own where there is one, however old the one that asks", () => {
    expect(chooseNode('/bin/bundled', own('v20.0.0'))).toEqual({ path: '/bin/bundled', flags: [] });
  });

  test.each([
    ['v22.12.0', ['--experimental-strip-types', quiet]],
    ['v22.17.9', ['--experimental-strip-types', quiet]],
    ['v22.18.0', [quiet]],
    ['v23.0.0', [quiet]],
    ['v24.1.0', [quiet]],
  ])('without one, %s runs with %o', (version, flags) => {
    expect(chooseNode(undefined, own(version))).toEqual({ path: '/own/node', flags });
  });

  test.each(['v20.20.2', 'v22.11.0'])('without one, %s is told what is needed', (version) => {
    const chosen = chooseNode(undefined, own(version));
    expect(chosen).toEqual({ error: expect.stringContaining('22.12') as string });
    expect(chosen).toEqual({ error: expect.stringContaining(version) as string });
  });
});
