// Privacy: nobody's network address is read, so that none can be stored or logged.
import { describe, expect, test } from 'vitest';
import { allSources } from './source.ts';

const address =
  /cf-connecting-ip|true-client-ip|x-real-ip|x-forwarded-for|x-client-ip|\bforwarded['"]|remote-?addr|\bclientIp\b/i;
const product = /^(core|storage|durable-objects|workers|site)\//;

const readsAddress = (text: string): boolean => address.test(text);

describe('[SEC-4] no network address is read', () => {
  test('by any source of the product', () => {
    const sources = allSources().filter(({ path }) => product.test(path));
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter(({ text }) => readsAddress(text)).map(({ path }) => path)).toEqual([]);
  });

  test.each([
    "request.headers.get('CF-Connecting-IP')",
    "req.header('x-forwarded-for')",
    "headers['x-real-ip']",
    "headers.get('forwarded')",
  ])('sees %s', (text) => {
    expect(readsAddress(text)).toBe(true);
  });
});
