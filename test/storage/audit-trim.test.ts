import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, test } from 'vitest';
import { chained } from '../../core/access/audit-chain.ts';
import type { AuditEntry } from '../../core/access/audit-entry.ts';
import { auditRetentionMs } from '../../core/protocol/limits.ts';
import { anchorHead } from '../../storage/audit-anchor.ts';
import { type AuditCheck, checkAudit } from '../../storage/audit-check.ts';
import { readLogStart } from '../../storage/audit-start.ts';
import { appendAudit, readAuditPiece, sha256 } from '../../storage/audit-store.ts';
import { type Trimmed, trimAudit } from '../../storage/audit-trim.ts';

const dayMs = 86_400_000;
const startMs = Date.parse('2026-11-21T08:00:00Z');
const nowMs = startMs + 500 * dayMs;
/** Twenty lines are older, of thirty. */
const beforeMs = startMs + 20 * dayMs;

const entry = (n: number): AuditEntry => ({
  atMs: startMs + n * dayMs,
  actor: `person-${n % 3}`,
  role: 'analyst',
  action: 'alert.acknowledge',
  target: `alert.${n}`,
  country: 'GB',
  result: 'ok',
  details: { n: String(n) },
});

const sql = (text: string, ...values: unknown[]) =>
  env.DB.prepare(text)
    .bind(...values)
    .run();
const seqs = async () => (await readAuditPiece(env.DB, -100, 100)).map(({ seq }) => seq);
const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
const trim = (rowsMax?: number, before = beforeMs) => trimAudit(env.DB, env.LAKE, before, nowMs, rowsMax);
const check = () => checkAudit(env.DB, env.LAKE);

async function trimAll(rowsMax: number): Promise<number[]> {
  const steps: number[] = [];
  for (;;) {
    const step = await trim(rowsMax);
    if (step.kind === 'broken') throw new Error(`broken: ${JSON.stringify(step.fault)}`);
    if (!step.more) return steps;
    steps.push(step.rows);
  }
}

beforeEach(async () => {
  await sql('DELETE FROM audit_log');
  const { objects } = await env.LAKE.list({ prefix: 'audit/' });
  await env.LAKE.delete(objects.map(({ key }) => key));
  // The heads of 7, 14, 21 and so on are kept.
  for (let from = 0; from < 30; from += 7) {
    const entries = span(from, Math.min(29, from + 6)).map(entry);
    await anchorHead(env.DB, env.LAKE, await appendAudit(env.DB, entries), startMs + from * dayMs);
  }
});

describe('[AUD-5] removing old lines', () => {
  test('in one step or in several: what is left is right, and says what was removed', async () => {
    expect(await trimAll(8)).toEqual([8, 8, 4]);
    expect(await seqs()).toEqual(span(21, 33));
    expect(await check()).toMatchObject({ fault: null, isDone: true, beginSeq: 20, newestSeq: 33 });
    const lines = (await readAuditPiece(env.DB, 30, 10)).map((row) => [
      row.action,
      JSON.parse(row.details) as unknown,
    ]);
    expect(lines).toEqual(
      [8, 16, 20].map((seq, n) => [
        'audit.trim',
        {
          seq: String(seq),
          hash: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
          rows: String([8, 8, 4][n]),
          before: new Date(beforeMs).toISOString(),
        },
      ]),
    );
  });

  test('nothing is old: nothing is done, not even a line', async () => {
    expect(await trim(8, startMs)).toEqual({ kind: 'trimmed', rows: 0, more: false });
    expect(await seqs()).toEqual(span(1, 30));
    expect((await readLogStart(env.LAKE)).start).toBeNull();
  });

  test('all is old: the line that says so is left, and the chain goes on behind it', async () => {
    expect(await trim(100, nowMs)).toEqual({ kind: 'trimmed', rows: 30, more: true });
    const head = await appendAudit(env.DB, [entry(600)]);
    expect(await seqs()).toEqual([31, 32]);
    expect(await anchorHead(env.DB, env.LAKE, head, nowMs)).toBe('noted');
    expect(await check()).toMatchObject({ fault: null, isDone: true, beginSeq: 30 });
    expect(await trim(100, nowMs)).toEqual({ kind: 'trimmed', rows: 0, more: false });
  });

  test('a younger line among old ones keeps all behind it: only the front is removed', async () => {
    await sql('DELETE FROM audit_log');
    await env.LAKE.delete((await env.LAKE.list({ prefix: 'audit/' })).objects.map(({ key }) => key));
    await appendAudit(env.DB, [0, 1, 25, 2, 3].map(entry));
    expect(await trimAll(100)).toEqual([2]);
    expect(await seqs()).toEqual([3, 4, 5, 6]);
  });

  test('the log is kept for 400 days', () => {
    expect(auditRetentionMs).toBe(400 * dayMs);
  });

  test('two that remove at once remove what one would', async () => {
    await Promise.all([trim(8), trim(8)]);
    await trimAll(8);
    expect((await seqs())[0]).toBe(21);
    expect(await check()).toMatchObject({ fault: null, isDone: true });
  });

  test('one that another was quicker than removes nothing', async () => {
    let isQuicker = true;
    const LAKE = new Proxy(env.LAKE, {
      get: (real, name) => {
        const member = Reflect.get(real, name) as unknown;
        if (name !== 'put') return typeof member === 'function' ? (member.bind(real) as unknown) : member;
        return async (key: string, value: string, options: R2PutOptions) => {
          if (key === 'audit/start.json' && isQuicker) {
            isQuicker = false;
            expect(await trim(8)).toMatchObject({ rows: 8 });
          }
          return await real.put(key, value, options);
        };
      },
    });
    const slower = await trimAudit(env.DB, LAKE, beforeMs, nowMs, 12);
    expect(slower).toEqual({ kind: 'trimmed', rows: 0, more: true });
    expect((await seqs())[0]).toBe(9);
    expect(await check()).toMatchObject({ fault: null, isDone: true, beginSeq: 8 });
  });

  test('a check while lines are removed is right', async () => {
    let trimmed: Promise<Trimmed> | null = null;
    const LAKE = new Proxy(env.LAKE, {
      get: (real, name) => {
        const member = Reflect.get(real, name) as unknown;
        if (name !== 'list') return typeof member === 'function' ? (member.bind(real) as unknown) : member;
        // Between the reading of the start and that of the rows.
        return async (options: R2ListOptions) => {
          trimmed ??= trim(8);
          await trimmed;
          return await real.list(options);
        };
      },
    });
    expect(await checkAudit(env.DB, LAKE)).toMatchObject({ fault: null, isDone: true, beginSeq: 8 });
  });
});

describe('[AUD-5] a removal that dies', () => {
  /** Fails from the n-th call that changes something on: of D1 or of R2. */
  function dyingAfter(calls: number) {
    let left = calls;
    const guard = <T extends object>(real: T, names: readonly string[]): T =>
      new Proxy(real, {
        get: (target, name) => {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member !== 'function') return member;
          if (!names.includes(String(name))) return member.bind(target) as unknown;
          return (...args: unknown[]) => {
            if (left-- <= 0) throw new Error('died');
            return Reflect.apply(member as () => unknown, target, args) as unknown;
          };
        },
      });
    const DB = new Proxy(guard(env.DB, ['batch']), {
      get: (target, name) => {
        const member = Reflect.get(target, name) as unknown;
        if (name !== 'prepare') return member;
        return (text: string) => {
          if (text.startsWith('DELETE') && left-- <= 0) throw new Error('died');
          return env.DB.prepare(text);
        };
      },
    });
    return { DB, LAKE: guard(env.LAKE, ['put']) };
  }

  const calls = ['its line', 'the head', 'the head that is kept', 'the start', 'the removing'];

  test.each(calls.map((name, n) => [name, n] as const))(
    'before %s: the log is right, and done again it is removed',
    async (_name, n) => {
      const { DB, LAKE } = dyingAfter(n);
      await expect(trimAudit(DB, LAKE, beforeMs, nowMs, 8)).rejects.toThrow('died');
      const left = await check();
      expect(left).toMatchObject({ fault: null, isDone: true });
      expect(await seqs()).toContain(1);
      await appendAudit(env.DB, [entry(40)]);
      await trimAll(8);
      expect((await seqs())[0]).toBe(21);
      expect(await check()).toMatchObject({ fault: null, isDone: true, beginSeq: 20 });
    },
  );

  test('there are no other steps', async () => {
    const { DB, LAKE } = dyingAfter(calls.length);
    expect(await trimAudit(DB, LAKE, beforeMs, nowMs, 8)).toMatchObject({ kind: 'trimmed', rows: 8 });
  });

  test('what was done to lines that still stand is found, and they are not removed', async () => {
    const { DB, LAKE } = dyingAfter(calls.length - 1);
    await expect(trimAudit(DB, LAKE, beforeMs, nowMs, 8)).rejects.toThrow('died');
    await sql("UPDATE audit_log SET actor = 'forged' WHERE seq = 3");
    expect((await check()).fault).toEqual({ seq: 3, kind: 'changed' });
    expect(await trim(8)).toEqual({ kind: 'broken', fault: { seq: 3, kind: 'changed' } });
    await sql('DELETE FROM audit_log WHERE seq = 3');
    expect(await trim(8)).toMatchObject({ kind: 'broken', fault: { seq: 3 } });
    expect((await seqs()).slice(0, 3)).toEqual([1, 2, 4]);
  });
});

describe('[AUD-5] tampering is not removed, and what was removed hides none', () => {
  const start = async () => {
    const { start: noted } = await readLogStart(env.LAKE);
    if (!noted) throw new Error('no start');
    return noted;
  };
  const putStart = async (changes: object) =>
    await env.LAKE.put(
      'audit/start.json',
      JSON.stringify({ ...(await start()), at: new Date(nowMs).toISOString(), ...changes }),
    );

  test.each([
    ['an edit', "UPDATE audit_log SET actor = 'x' WHERE seq = 5", { seq: 5, kind: 'changed' }],
    ['a cut beginning', 'DELETE FROM audit_log WHERE seq < 3', { seq: 1, kind: 'truncated_start' }],
    ['a row before the first', 'UPDATE audit_log SET seq = 0 WHERE seq = 1', { seq: 0, kind: 'inserted' }],
  ])('%s among old lines: they stay', async (_what, tampering, fault) => {
    await sql(tampering);
    expect(await trim(100)).toEqual({ kind: 'broken', fault });
    expect((await check()).fault).toEqual(fault);
  });

  test('a cut end: nothing is removed', async () => {
    await sql('DELETE FROM audit_log WHERE seq > 25');
    expect(await trim(100)).toEqual({ kind: 'broken', fault: { seq: 30, kind: 'rewritten' } });
    expect(await seqs()).toEqual(span(1, 25));
    expect((await check()).fault).toEqual({ seq: 26, kind: 'truncated_end' });
  });

  test('a history that was written anew: they stay', async () => {
    const all = await readAuditPiece(env.DB, 0, 100);
    const forged = all.slice(3).map((row, n) => (n === 0 ? { ...row, actor: 'forged' } : row));
    const [, , head] = all;
    for (const { seq, actor, hash } of await chained(head as never, forged, sha256))
      await sql('UPDATE audit_log SET actor = ?, hash = ? WHERE seq = ?', actor, hash, seq);
    expect(await trim(100)).toEqual({ kind: 'broken', fault: { seq: 7, kind: 'rewritten' } });
  });

  test.each([
    ['more is cut off', 'DELETE FROM audit_log WHERE seq < 24', { seq: 21, kind: 'truncated_start' }],
    ['all is cut off', 'DELETE FROM audit_log', { seq: 21, kind: 'truncated_start' }],
    ['the end is cut off', 'DELETE FROM audit_log WHERE seq > 27', { seq: 28, kind: 'truncated_end' }],
    [
      'an edit of what is left',
      "UPDATE audit_log SET target = 'x' WHERE seq = 21",
      { seq: 21, kind: 'changed' },
    ],
    [
      'a row where others were removed',
      'INSERT INTO audit_log SELECT 4, at, actor, role, action, target, country, result, details, hash FROM audit_log WHERE seq = 22',
      { seq: 4, kind: 'inserted' },
    ],
  ])('%s: found', async (_what, tampering, fault) => {
    await trimAll(8);
    await sql(tampering);
    expect((await check()).fault).toEqual(fault);
  });

  test('a start that is moved or made up is found, and nothing more is removed by it', async () => {
    await trimAll(8);
    const [, , row] = await readAuditPiece(env.DB, 20, 3);
    await sql('DELETE FROM audit_log WHERE seq < 24');
    await putStart({ seq: row?.seq, hash: row?.hash });
    expect((await check()).fault).toEqual({ seq: 33, kind: 'forged_start' });
    expect(await trim(8, nowMs)).toEqual({ kind: 'broken', fault: { seq: 33, kind: 'forged_start' } });
    await env.LAKE.delete('audit/start.json');
    expect((await check()).fault).toEqual({ seq: 1, kind: 'truncated_start' });
    await env.LAKE.put('audit/start.json', 'none');
    await expect(check()).rejects.toThrow(/start/);
  });
});

describe('[AUD-4] the check in pieces', () => {
  const budget = { rows: 10, pieceRows: 4, anchors: 2 };

  async function inPieces(
    between: (at: AuditCheck) => Promise<unknown> = async () => Promise.resolve(),
    allowed = budget,
  ) {
    const pieces: AuditCheck[] = [await checkAudit(env.DB, env.LAKE, null, allowed)];
    for (;;) {
      const last = pieces.at(-1) as AuditCheck;
      if (last.fault || last.isDone) return pieces;
      await between(last);
      pieces.push(await checkAudit(env.DB, env.LAKE, last.head, allowed));
    }
  }

  test('each takes no more than it may, by rows and by heads; together they take all', async () => {
    const pieces = await inPieces();
    const ends = pieces.map(({ head }) => head.seq);
    expect(ends.at(-1)).toBe(30);
    expect(pieces.length).toBeGreaterThan(3);
    for (const [n, end] of ends.entries()) expect(end - (ends[n - 1] ?? 0)).toBeLessThanOrEqual(budget.rows);
    for (const { outside } of pieces) expect(outside.anchors.length).toBeLessThanOrEqual(budget.anchors + 1);
    expect(pieces.map(({ isDone }) => isDone).filter(Boolean)).toEqual([true]);
  });

  test.each([
    ["UPDATE audit_log SET actor = 'x' WHERE seq = 27", { seq: 27, kind: 'changed' }],
    ['DELETE FROM audit_log WHERE seq = 22', { seq: 22, kind: 'missing' }],
    ['DELETE FROM audit_log WHERE seq > 16', { seq: 17, kind: 'truncated_end' }],
    ['DELETE FROM audit_log WHERE seq > 14', { seq: 15, kind: 'truncated_end' }],
  ])('finds in a later piece: %s', async (tampering, fault) => {
    await sql(tampering);
    expect((await inPieces()).at(-1)?.fault).toEqual(fault);
  });

  test('finds a history that was written anew in a later piece', async () => {
    const all = await readAuditPiece(env.DB, 0, 100);
    const forged = all.slice(22).map((row, n) => (n === 0 ? { ...row, actor: 'forged' } : row));
    for (const { seq, actor, hash } of await chained(all[21] as never, forged, sha256))
      await sql('UPDATE audit_log SET actor = ?, hash = ? WHERE seq = ?', actor, hash, seq);
    // Also where rows would be allowed beyond the heads that were read.
    for (const allowed of [budget, { ...budget, rows: 100 }, { ...budget, rows: 100, anchors: 3 }])
      expect((await inPieces(undefined, allowed)).at(-1)?.fault).toEqual({ seq: 28, kind: 'rewritten' });
  });

  test('a head that does not stand in the log is a fault', async () => {
    const [row] = await readAuditPiece(env.DB, 29, 1);
    const hash = row?.hash ?? '';
    for (const head of [
      { seq: 30, hash: hash.replace(/./, (c) => (c === '0' ? '1' : '0')) },
      { seq: 99, hash },
    ])
      expect((await checkAudit(env.DB, env.LAKE, head, budget)).fault).toEqual({
        seq: head.seq,
        kind: 'rewritten',
      });
    expect(await checkAudit(env.DB, env.LAKE, { seq: 30, hash }, budget)).toMatchObject({
      fault: null,
      isDone: true,
    });
  });

  test('goes on where lines are removed meanwhile, and finds a forged start behind its line', async () => {
    const pieces = await inPieces(() => trim(8));
    expect(pieces.at(-1)).toMatchObject({ fault: null, isDone: true, beginSeq: 20 });
    const { seq } = (await readAuditPiece(env.DB, 20, 1))[0] ?? { seq: 0 };
    expect(seq).toBe(21);
    const { head } = pieces.at(-1) as AuditCheck;
    const noted = (await readLogStart(env.LAKE)).start;
    await env.LAKE.put(
      'audit/start.json',
      JSON.stringify({ ...noted, line: 31, at: new Date(nowMs).toISOString() }),
    );
    expect((await checkAudit(env.DB, env.LAKE, head, budget)).fault).toEqual({
      seq: 31,
      kind: 'forged_start',
    });
  });
});
