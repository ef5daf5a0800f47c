import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { type ChainFault, chained, chainStart } from '../../core/access/audit-chain.ts';
import type { AuditEntry } from '../../core/access/audit-entry.ts';
import type { AuditRow } from '../../core/access/audit-row.ts';
import { anchorHead, readAnchors } from '../../storage/audit-anchor.ts';
import { checkAudit } from '../../storage/audit-check.ts';
import { appendAudit, readAuditPage, readAuditPiece, sha256 } from '../../storage/audit-store.ts';

const startMs = Date.parse('2026-11-21T08:00:00Z');
const entry = (n: number, changes: Partial<AuditEntry> = {}): AuditEntry => ({
  atMs: startMs + n * 1_000,
  actor: `person-${n % 3}`,
  role: 'analyst',
  action: 'alert.acknowledge',
  target: `alert.${n}`,
  country: 'GB',
  result: 'ok',
  details: { n: String(n) },
  ...changes,
});
const entries = (count: number): AuditEntry[] => Array.from({ length: count }, (_, n) => entry(n));

async function check(pieceRows = 7): Promise<ChainFault | null> {
  return (await checkAudit(env.DB, env.LAKE, null, { rows: 1_000, pieceRows, anchors: 1_000 })).fault;
}

/** Appends and notes the head, as the Worker does. */
async function append(list: readonly AuditEntry[], nowMs = startMs) {
  const head = await appendAudit(env.DB, list);
  return await anchorHead(env.DB, env.LAKE, head, nowMs);
}

const sql = (text: string, ...values: unknown[]) =>
  env.DB.prepare(text)
    .bind(...values)
    .run();

beforeEach(async () => {
  await sql('DELETE FROM audit_log');
  const { objects } = await env.LAKE.list({ prefix: 'audit/' });
  await env.LAKE.delete(objects.map(({ key }) => key));
});

describe('[AUD-1] appending', () => {
  test('texts of every kind come back as they went in, and the chain is right', async () => {
    const texts = [
      "'; DROP TABLE audit_log; --",
      '<script>alert(1)</script>',
      'a\r\nb\u2028c',
      '=1+1',
      'ü😀\u0000',
    ];
    await append(texts.map((text, n) => entry(n, { actor: text, target: text, details: { [text]: text } })));
    const rows = await readAuditPiece(env.DB, 0, 10);
    expect(rows.map(({ actor }) => actor)).toEqual(texts.map((text) => text.replaceAll('\0', '\ufffd')));
    expect(JSON.parse(rows[1]?.details ?? '')).toEqual({ [texts[1] ?? '']: texts[1] });
    expect(rows.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(await check()).toBeNull();
  });

  test('ten that write at once all get a place, each call in one piece', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, n) => append([0, 1, 2].map((m) => entry(n, { actor: `${n}.${m}` })))),
    );
    const actors = (await readAuditPiece(env.DB, 0, 100)).map(({ actor }) => actor);
    expect(actors).toHaveLength(30);
    for (let n = 0; n < 10; n++) {
      const at = actors.indexOf(`${n}.0`);
      expect(actors.slice(at, at + 3)).toEqual([`${n}.0`, `${n}.1`, `${n}.2`]);
    }
    expect(await check()).toBeNull();
  });

  test('a call of which the database takes a part only leaves nothing behind', async () => {
    const broken = entry(1, { action: 'x' });
    Object.assign(broken, { result: null });
    await expect(appendAudit(env.DB, [entry(0), broken])).rejects.toThrow(/NOT NULL/);
    expect(await readAuditPiece(env.DB, 0, 10)).toEqual([]);
  });

  test('pages come newest first, by who, what, outcome and time', async () => {
    await append(entries(9));
    await append([entry(20, { action: 'key.revoke', result: 'refused' })]);
    const seqs = async (
      ...asked: Parameters<typeof readAuditPage> extends [unknown, ...infer R] ? R : never
    ) => (await readAuditPage(env.DB, ...asked)).map(({ seq }) => seq);
    expect(await seqs({}, { limit: 3 })).toEqual([10, 9, 8]);
    expect(await seqs({}, { limit: 3, before: 8 })).toEqual([7, 6, 5]);
    expect(await seqs({ actor: 'person-0' }, { limit: 9 })).toEqual([7, 4, 1]);
    expect(await seqs({ action: 'key.revoke' }, { limit: 9 })).toEqual([10]);
    expect(await seqs({ result: 'refused' }, { limit: 9 })).toEqual([10]);
    expect(await seqs({ fromMs: startMs + 3_000, toMs: startMs + 5_000 }, { limit: 9 })).toEqual([5, 4]);
    expect(await seqs({ actor: "x' OR 1=1 --" }, { limit: 9 })).toEqual([]);
  });
});

describe('[AUD-2] the anchor outside of the table', () => {
  test('follows the head; one in a hundred rows or in a minute is kept for good', async () => {
    await append(entries(1));
    await append(entries(1), startMs + 1_000);
    await append(entries(99), startMs + 2_000);
    await append(entries(1), startMs + 61_000);
    await append(entries(1), startMs + 62_000);
    expect((await readAnchors(env.LAKE)).anchors.map(({ seq }) => seq)).toEqual([1, 101, 102, 103]);
    expect(await check()).toBeNull();
  });

  test('is never set back, and stays where the table does not hold it any more', async () => {
    const old = await appendAudit(env.DB, entries(2));
    expect(await append(entries(3))).toBe('noted');
    expect(await anchorHead(env.DB, env.LAKE, old, startMs)).toBe('behind');
    await sql('DELETE FROM audit_log WHERE seq > 3');
    expect(await append(entries(8))).toBe('broken');
    expect(await check()).toEqual({ seq: 5, kind: 'rewritten' });
  });
});

describe('[AUD-2] tampering with the real table is found', () => {
  const all = async (): Promise<AuditRow[]> => await readAuditPiece(env.DB, 0, 1000);

  /** Writes history anew from a row on, as one would who knows how rows are chained. */
  async function rewriteFrom(seq: number): Promise<void> {
    const rows = await all();
    const head = rows[seq - 2] ?? chainStart;
    const forged = rows.slice(seq - 1).map((row, n) => (n === 0 ? { ...row, actor: 'forged' } : row));
    for (const { seq: place, actor, hash } of await chained(head, forged, sha256))
      await sql('UPDATE audit_log SET actor = ?, hash = ? WHERE seq = ?', actor, hash, place);
  }

  const cases: readonly (readonly [string, ChainFault, () => Promise<unknown>])[] = [
    ...['at', 'actor', 'role', 'action', 'target', 'country', 'result', 'details', 'hash'].map(
      (field) =>
        [
          `an edit of ${field}`,
          { seq: 9, kind: 'changed' },
          () => sql(`UPDATE audit_log SET ${field} = ${field} || 'x' WHERE seq = 9`),
        ] as const,
    ),
    ['a deletion', { seq: 9, kind: 'missing' }, () => sql('DELETE FROM audit_log WHERE seq = 9')],
    [
      'a swap',
      { seq: 9, kind: 'swapped' },
      async () => {
        await sql('UPDATE audit_log SET seq = -1 WHERE seq = 9');
        await sql('UPDATE audit_log SET seq = 9 WHERE seq = 12');
        await sql('UPDATE audit_log SET seq = 12 WHERE seq = -1');
      },
    ],
    [
      'an insertion',
      { seq: 9, kind: 'inserted' },
      async () => {
        await sql('UPDATE audit_log SET seq = -seq - 1 WHERE seq >= 9');
        await sql('UPDATE audit_log SET seq = -seq WHERE seq < 0');
        await sql(
          "INSERT INTO audit_log SELECT 9, at, 'forged', role, action, target, country, result, details, hash FROM audit_log WHERE seq = 8",
        );
      },
    ],
    ['a cut end', { seq: 16, kind: 'truncated_end' }, () => sql('DELETE FROM audit_log WHERE seq > 15')],
    [
      'a cut beginning',
      { seq: 1, kind: 'truncated_start' },
      () => sql('DELETE FROM audit_log WHERE seq < 5'),
    ],
    ['an emptied table', { seq: 1, kind: 'truncated_start' }, () => sql('DELETE FROM audit_log')],
    ['a rewritten history', { seq: 20, kind: 'rewritten' }, () => rewriteFrom(9)],
  ];

  test.each(cases)('%s', async (_what, fault, tamper) => {
    await append(entries(20));
    expect(await check()).toBeNull();
    await tamper();
    expect(await check(1000)).toEqual(fault);
    expect((await check(3))?.seq).toBe(fault.seq);
  });
});
