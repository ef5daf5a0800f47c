import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Anchor,
  type ChainFault,
  canonicalRow,
  chained,
  chainStart,
  type Digest,
  verifyChain,
} from '../../../core/access/audit-chain.ts';
import type { AuditEntry } from '../../../core/access/audit-entry.ts';
import { type AuditRow, auditResults, auditRow } from '../../../core/access/audit-row.ts';
import { auditDetailCountMax, auditTextLengthMax } from '../../../core/protocol/limits.ts';
import { Random } from '../../sim/random.ts';

const sha256: Digest = async (bytes) => createHash('sha256').update(bytes).digest();
const startMs = Date.parse('2026-11-21T08:00:00Z');
const length = 40;

const entryOf = (n: number): AuditEntry => ({
  atMs: startMs + n * 1_000,
  actor: `person-${n % 5}`,
  role: ['viewer', 'analyst', 'admin'][n % 3] ?? '',
  action: n % 2 === 0 ? 'alert.acknowledge' : 'request.refuse',
  target: `alert.${n}`,
  country: n % 4 === 0 ? '' : 'GB',
  result: auditResults[n % 3] ?? 'ok',
  details: n % 2 === 0 ? {} : { route: `/api/${n}`, times: String(n) },
});

const chainOf = (count: number): Promise<AuditRow[]> =>
  chained(
    chainStart,
    Array.from({ length: count }, (_, n) => auditRow(entryOf(n))),
    sha256,
  );

const anchorOf = ({ seq, hash, at }: AuditRow): Anchor => ({ seq, hash, at });
const rows = await chainOf(length);
const anchors = [rows[9], rows[19], rows[length - 1]].map((row) => anchorOf(row as AuditRow));
const fields = ['at', 'actor', 'role', 'action', 'target', 'country', 'result', 'details', 'hash'] as const;

/** What someone with access to the table may do to it, and where it must show at the latest. */
type Tampering = (random: Random) => { readonly rows: AuditRow[]; readonly seq: number };

const withSeqs = (list: readonly AuditRow[]): AuditRow[] => list.map((row, at) => ({ ...row, seq: at + 1 }));
const place = (random: Random, from = 0, to = length): number => from + random.below(to - from);

const tamperings: Readonly<Record<string, Tampering>> = {
  edit: (random) => {
    const at = place(random);
    const field = fields[random.below(fields.length)] ?? 'actor';
    const old = rows[at] as AuditRow;
    const cut = random.below(old[field].length + 1);
    const value = `${old[field].slice(0, cut)}x${old[field].slice(cut + random.below(2))}`;
    return {
      rows: rows.with(at, { ...old, [field]: value === old[field] ? `${value}x` : value }),
      seq: at + 1,
    };
  },
  moveBetweenFields: (random) => {
    const at = place(random);
    const old = rows[at] as AuditRow;
    return { rows: rows.with(at, { ...old, actor: old.actor + old.role, role: '' }), seq: at + 1 };
  },
  delete: (random) => {
    const at = place(random, 0, length - 1);
    const left = rows.toSpliced(at, 1 + random.below(Math.min(3, length - 1 - at)));
    return { rows: left, seq: at === 0 ? 1 : at + 1 };
  },
  deleteAndRenumber: (random) => {
    const at = place(random);
    return { rows: withSeqs(rows.toSpliced(at, 1)), seq: at + 1 };
  },
  swap: (random) => {
    const first = place(random, 0, length - 1);
    const second = place(random, first + 1);
    const [a, b] = [rows[first] as AuditRow, rows[second] as AuditRow];
    const keepsHash = random.below(2) === 0;
    const put = (row: AuditRow, into: AuditRow): AuditRow => ({
      ...row,
      seq: into.seq,
      hash: keepsHash ? into.hash : row.hash,
    });
    return { rows: rows.with(first, put(b, a)).with(second, put(a, b)), seq: first + 1 };
  },
  insert: (random) => {
    const at = place(random);
    const forged = { ...(rows[at] as AuditRow), actor: 'forged' };
    return { rows: withSeqs(rows.toSpliced(at, 0, forged)), seq: at + 1 };
  },
  append: () => {
    const last = rows[length - 1] as AuditRow;
    return { rows: [...rows, { ...last, seq: length + 1 }], seq: length + 1 };
  },
  truncateEnd: (random) => {
    const kept = place(random);
    return { rows: rows.slice(0, kept), seq: kept + 1 };
  },
  truncateStart: (random) => ({ rows: rows.slice(1 + place(random, 0, length - 1)), seq: 1 }),
  truncateStartAndRenumber: (random) => ({
    rows: withSeqs(rows.slice(1 + place(random, 0, length - 1))),
    seq: 1,
  }),
};

/** Rewrites history: from one row on all is chained anew. Only an anchor tells. */
async function rewritten(random: Random): Promise<{ rows: AuditRow[]; seq: number }> {
  const at = place(random);
  const head = rows[at - 1] ?? chainStart;
  const forged = rows.slice(at).map((row, n) => (n === 0 ? { ...row, actor: 'forged' } : row));
  const seq = anchors.find((anchor) => anchor.seq > at)?.seq ?? 0;
  return { rows: [...rows.slice(0, at), ...(await chained(head, forged, sha256))], seq };
}

describe('[AUD-1] the chain of the audit log', () => {
  test('is right as it was written, and still when more is written after the newest anchor', async () => {
    expect(await verifyChain(rows, anchors, sha256)).toBeNull();
    expect(await verifyChain(await chainOf(length + 7), anchors, sha256)).toBeNull();
    expect(await verifyChain([], [], sha256)).toBeNull();
  });

  test('1,000 seeded tamperings: all are found, each at its place', async () => {
    const kinds = [...Object.keys(tamperings), 'rewrite'];
    const missed: string[] = [];
    for (let seed = 1; seed <= 1_000; seed++) {
      const random = new Random(seed);
      const kind = kinds[seed % kinds.length] ?? '';
      const tampered = tamperings[kind]?.(random) ?? (await rewritten(random));
      const fault = await verifyChain(tampered.rows, anchors, sha256);
      if (fault?.seq !== tampered.seq)
        missed.push(`seed ${seed}: ${kind} at ${tampered.seq}: ${JSON.stringify(fault)}`);
    }
    expect(missed).toEqual([]);
  });

  test('without an anchor a rewritten history and a cut end pass: the anchor is what finds them', async () => {
    const { rows: forged } = await rewritten(new Random(1));
    expect(await verifyChain(forged, [], sha256)).toBeNull();
    expect(await verifyChain(rows.slice(0, 5), [], sha256)).toBeNull();
  });

  test.each<[string, AuditRow[], ChainFault]>([
    ['an edit', rows.with(4, { ...(rows[4] as AuditRow), country: 'XX' }), { seq: 5, kind: 'changed' }],
    ['a deletion', rows.toSpliced(4, 1), { seq: 5, kind: 'missing' }],
    ['an insertion', withSeqs(rows.toSpliced(4, 0, rows[2] as AuditRow)), { seq: 5, kind: 'inserted' }],
    ['a cut beginning', rows.slice(3), { seq: 1, kind: 'truncated_start' }],
    ['a cut end', rows.slice(0, 30), { seq: 31, kind: 'truncated_end' }],
    ['an empty table', [], { seq: 1, kind: 'truncated_start' }],
  ])('names %s', async (_what, tampered, fault) => {
    expect(await verifyChain(tampered, anchors, sha256)).toEqual(fault);
  });

  test('names a swap, with its hashes or without, and a rewriting', async () => {
    const [a, b] = [rows[4] as AuditRow, rows[11] as AuditRow];
    const whole = rows.with(4, { ...b, seq: 5 }).with(11, { ...a, seq: 12 });
    const content = rows.with(4, { ...b, seq: 5, hash: a.hash }).with(11, { ...a, seq: 12, hash: b.hash });
    for (const tampered of [whole, content])
      expect(await verifyChain(tampered, anchors, sha256)).toEqual({ seq: 5, kind: 'swapped' });
    const { rows: forged, seq } = await rewritten(new Random(3));
    expect(await verifyChain(forged, anchors, sha256)).toEqual({ seq, kind: 'rewritten' });
  });

  test('anchors that contradict each other are a fault', async () => {
    const disputed = [...anchors, { ...(anchors[0] as Anchor), hash: 'another' }];
    expect(await verifyChain(rows, disputed, sha256)).toEqual({ seq: 10, kind: 'rewritten' });
  });

  test('the form of a row is what it was: its hashes rest in D1 and in R2', async () => {
    const [first] = rows;
    expect(canonicalRow(first as AuditRow).slice(0, 6)).toEqual(Uint8Array.of(1, 0, 0, 0, 1, 0x31));
    expect(first?.hash).toMatchInlineSnapshot(
      `"883710b3789bf8aaf039778690d4a4af6d43162c7fa2883345f46976dc82fc4b"`,
    );
  });
});

describe('[AUD-1] what a line holds', () => {
  test('is cut to size, and comes back from a database as it went in', () => {
    const long = 'x'.repeat(auditTextLengthMax + 1);
    const details = Object.fromEntries(
      Array.from({ length: auditDetailCountMax + 1 }, (_, n) => [`n${n}`, long]),
    );
    const row = auditRow({ ...entryOf(1), actor: long, target: 'a\0b\ud800c', details });
    expect(row.actor).toHaveLength(auditTextLengthMax);
    expect(auditRow({ ...entryOf(1), actor: long.slice(1) }).actor).toHaveLength(auditTextLengthMax);
    expect(row.target).toBe('a\ufffdb\ufffdc');
    expect(Object.keys(JSON.parse(row.details) as object)).toHaveLength(auditDetailCountMax);
  });
});
