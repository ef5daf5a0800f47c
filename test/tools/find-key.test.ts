import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareFolder } from '../../tools/prepare.ts';
import { findKey } from '../../tools/producer/find-key.ts';

test("a key is the one given, the environment's, or that of the local run, which no other host is shown", async () => {
  const persistTo = mkdtempSync(join(tmpdir(), 'marquee-key-'));
  try {
    const { credentials } = await prepareFolder(persistTo);
    const local = { url: 'http://127.0.0.1:8787', key: undefined, persistTo };
    expect(findKey({ ...local, key: 'given' }, 'set')).toBe('given');
    expect(findKey(local, 'set')).toBe('set');
    for (const url of [local.url, 'http://localhost:1', 'http://[::1]:8787'])
      expect(findKey({ ...local, url }, undefined)).toBe(credentials.ingest_key);
    for (const url of ['https://marquee.example', 'http://127.0.0.1.example', 'http://10.0.0.1:8787'])
      expect(findKey({ ...local, url }, undefined)).toBeUndefined();
    expect(findKey({ ...local, persistTo: join(persistTo, 'none') }, undefined)).toBeUndefined();
  } finally {
    rmSync(persistTo, { recursive: true, force: true });
  }
});
