import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Anchor,
  type ChainFault,
  type ChainHead,
  canonicalRow,
  chained,
  chainStart,
  type Digest,
  verifyChain,
} from '../../../core/access/audit-chain.ts';
import type { AuditEntry } from '../../../core/access/audit-entry.ts';
import { auditResults } from '../../../core/access/audit-entry.ts';
import { type AuditRow, auditRow } from '../../../core/access/audit-row.ts';
import { type LogStart, trimEntry } from '../../../core/access/audit-start.ts';
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
const anchorsAt = (list: readonly AuditRow[], seqs: readonly number[]): Anchor[] =>
  list.filter(({ seq }) => seqs.includes(seq)).map(anchorOf);
const rows = await chainOf(length);
const anchors = anchorsAt(rows, [10, 20, length]);

/** A log, what is noted of it outside, and the head before its first row. */
interface Log {
  readonly rows: readonly AuditRow[];
  readonly anchors: readonly Anchor[];
  readonly start: LogStart | null;
  readonly begin: ChainHead;
}

const whole: Log = { rows, anchors, start: null, begin: chainStart };

/** The same log, whose first 25 rows were removed in two steps; the second step's is the line 42. */
async function trimmedLog(): Promise<Log & { readonly removed: readonly AuditRow[] }> {
  const heads = [10, 25].map((seq) => anchorOf(rows[seq - 1] as AuditRow));
  const trims = heads.map(({ seq, hash }, n) => trimEntry({ seq, hash }, 10 + 5 * n, startMs, startMs));
  const rest = Array.from({ length: 8 }, (_, n) => entryOf(length + n));
  const last = rows[length - 1] as AuditRow;
  const all = [...rows, ...(await chained(last, [...trims, ...rest].map(auditRow), sha256))];
  const [{ seq, hash }, previous] = [heads[1] as Anchor, heads[0] as Anchor];
  const start = { seq, hash, previous: { seq: previous.seq, hash: previous.hash }, line: length + 2 };
  return {
    rows: all.slice(seq),
    anchors: anchorsAt(all, [10, 20, 30, length, length + 2, length + 10]),
    start,
    begin: start,
    removed: all.slice(0, seq),
  };
}
const trimmed = await trimmedLog();

const verify = (log: Log): Promise<ChainFault | null> =>
  verifyChain(log.rows, log.anchors, sha256, log.start);

const fields = ['at', 'actor', 'role', 'action', 'target', 'country', 'result', 'details', 'hash'] as const;

/** What someone may do to a log, and where it must show at the latest. */
type Tampering = (
  random: Random,
  log: Log,
) => { readonly rows: AuditRow[]; readonly seq: number; readonly start?: LogStart | null };

const place = (random: Random, { rows: { length: to } }: Log, from = 0, less = 0): number =>
  from + random.below(to - less - from);

/** Numbered anew, from the first place of the log on. */
const withSeqs = (list: readonly AuditRow[], { begin }: Log = whole): AuditRow[] =>
  list.map((row, at) => ({ ...row, seq: begin.seq + at + 1 }));

const tamperings: Readonly<Record<string, Tampering>> = {
  edit: (random, log) => {
    const at = place(random, log);
    const field = fields[random.below(fields.length)] ?? 'actor';
    const old = log.rows[at] as AuditRow;
    const cut = random.below(old[field].length + 1);
    const value = `${old[field].slice(0, cut)}x${old[field].slice(cut + random.below(2))}`;
    return {
      rows: log.rows.with(at, { ...old, [field]: value === old[field] ? `${value}x` : value }),
      seq: old.seq,
    };
  },
  moveBetweenFields: (random, log) => {
    const at = place(random, log);
    const old = log.rows[at] as AuditRow;
    // Without a role nothing moves but the border: one letter of the actor does then.
    const [actor, role] = old.role === '' ? [old.actor.slice(0, -1), 'e'] : [old.actor + old.role, ''];
    return { rows: log.rows.with(at, { ...old, actor, role }), seq: old.seq };
  },
  delete: (random, log) => {
    const at = place(random, log, 0, 1);
    const left = log.rows.toSpliced(at, 1 + random.below(Math.min(3, log.rows.length - 1 - at)));
    return { rows: left, seq: log.begin.seq + at + 1 };
  },
  deleteAndRenumber: (random, log) => {
    const at = place(random, log);
    return { rows: withSeqs(log.rows.toSpliced(at, 1), log), seq: log.begin.seq + at + 1 };
  },
  swap: (random, log) => {
    const first = place(random, log, 0, 1);
    const second = place(random, log, first + 1);
    const [a, b] = [log.rows[first] as AuditRow, log.rows[second] as AuditRow];
    const keepsHash = random.below(2) === 0;
    const put = (row: AuditRow, into: AuditRow): AuditRow => ({
      ...row,
      seq: into.seq,
      hash: keepsHash ? into.hash : row.hash,
    });
    return { rows: log.rows.with(first, put(b, a)).with(second, put(a, b)), seq: a.seq };
  },
  insert: (random, log) => {
    const at = place(random, log);
    const forged = { ...(log.rows[at] as AuditRow), actor: 'forged' };
    return { rows: withSeqs(log.rows.toSpliced(at, 0, forged), log), seq: log.begin.seq + at + 1 };
  },
  append: (_random, log) => {
    const last = log.rows.at(-1) as AuditRow;
    return { rows: [...log.rows, { ...last, seq: last.seq + 1 }], seq: last.seq + 1 };
  },
  truncateEnd: (random, log) => {
    const kept = place(random, log);
    return { rows: log.rows.slice(0, kept), seq: log.begin.seq + kept + 1 };
  },
  truncateStart: (random, log) => ({
    rows: log.rows.slice(1 + place(random, log, 0, 1)),
    seq: log.begin.seq + 1,
  }),
  truncateStartAndRenumber: (random, log) => ({
    rows: withSeqs(log.rows.slice(1 + place(random, log, 0, 1)), log),
    seq: log.begin.seq + 1,
  }),
};

/** What else may be done to a log that does not begin at its first row. */
const startTamperings: Readonly<Record<string, Tampering>> = {
  /** Rows are cut off and the start is moved behind them; the line of another step is named, or any. */
  moveStart: (random, log) => {
    const at = place(random, log, 0, 12);
    const { seq, hash } = log.rows[at] as AuditRow;
    const line = random.below(2) === 0 ? trimmed.begin.seq + 17 : seq + 1 + random.below(8);
    return { rows: log.rows.slice(at + 1), start: { seq, hash, line, previous: trimmed.begin }, seq: line };
  },
  startOfAnotherHash: (random, log) => {
    const start = trimmed.start as LogStart;
    const at = random.below(64);
    const hash = start.hash.slice(0, at) + (start.hash[at] === '0' ? '1' : '0') + start.hash.slice(at + 1);
    return { rows: [...log.rows], start: { ...start, hash }, seq: start.seq + 1 };
  },
  startWithoutItsLine: (random, log) => {
    const start = trimmed.start as LogStart;
    const line = random.below(start.line);
    return { rows: [...log.rows], start: { ...start, line }, seq: line > start.seq ? line : start.seq };
  },
  startSetBack: (random, log) => {
    const start = trimmed.start as LogStart;
    const back = { ...start.previous, previous: chainStart, line: start.line - 1 };
    const isGone = random.below(2) === 0;
    return { rows: [...log.rows], start: isGone ? null : back, seq: isGone ? 1 : start.previous.seq + 1 };
  },
  /** Rows that were removed stand again, but not all of the step. */
  restoreSome: (random, log) => {
    const step = trimmed.removed.slice(10);
    const without = random.below(step.length);
    const some = step.filter((_, n) => n !== without && (n > without || random.below(2) === 0));
    const all = [...some, ...log.rows];
    const first = step.find(({ seq }) => !some.some((row) => row.seq === seq)) as AuditRow;
    return { rows: all, seq: some.length === 0 ? -1 : first.seq };
  },
  insertBeforeStart: (random, log) => {
    const removed = trimmed.removed[random.below(10)] as AuditRow;
    return { rows: [removed, ...log.rows], seq: removed.seq };
  },
};

/** Rewrites history: from one row on all is chained anew. Only an anchor tells. */
async function rewritten(random: Random, log: Log): Promise<{ rows: AuditRow[]; seq: number }> {
  const at = place(random, log);
  const head = log.rows[at - 1] ?? log.begin;
  const forged = log.rows.slice(at).map((row, n) => (n === 0 ? { ...row, actor: 'forged' } : row));
  const seq = log.anchors.find((anchor) => anchor.seq > head.seq)?.seq ?? 0;
  return { rows: [...log.rows.slice(0, at), ...(await chained(head, forged, sha256))], seq };
}

/** What of a thousand seeded tamperings is not found where it must be. */
async function missedOf(log: Log, kinds: Readonly<Record<string, Tampering>>): Promise<string[]> {
  const names = [...Object.keys(kinds), 'rewrite'];
  const missed: string[] = [];
  for (let seed = 1, tried = 0; tried < 1_000; seed++) {
    const random = new Random(seed);
    const kind = names[seed % names.length] ?? '';
    const tampered = kinds[kind]?.(random, log) ?? (await rewritten(random, log));
    // Some put back what was there.
    if (tampered.seq === -1) continue;
    tried += 1;
    const fault = await verify({ ...log, ...tampered });
    if (fault?.seq !== tampered.seq)
      missed.push(`seed ${seed}: ${kind} at ${tampered.seq}: ${JSON.stringify(fault)}`);
  }
  return missed;
}

describe('[AUD-1] the chain of the audit log', () => {
  test('is right as it was written, and still when more is written after the newest anchor', async () => {
    expect(await verifyChain(rows, anchors, sha256)).toBeNull();
    expect(await verifyChain(await chainOf(length + 7), anchors, sha256)).toBeNull();
    expect(await verifyChain([], [], sha256)).toBeNull();
  });

  test('1,000 seeded tamperings: all are found, each at its place', async () => {
    expect(await missedOf(whole, tamperings)).toEqual([]);
  });

  test('without an anchor a rewritten history and a cut end pass: the anchor is what finds them', async () => {
    const { rows: forged } = await rewritten(new Random(1), whole);
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
    const moved = rows.with(4, { ...b, seq: 5 }).with(11, { ...a, seq: 12 });
    const content = rows.with(4, { ...b, seq: 5, hash: a.hash }).with(11, { ...a, seq: 12, hash: b.hash });
    for (const tampered of [moved, content])
      expect(await verifyChain(tampered, anchors, sha256)).toEqual({ seq: 5, kind: 'swapped' });
    const { rows: forged, seq } = await rewritten(new Random(3), whole);
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

describe('[AUD-5] a log of which old lines were removed', () => {
  test('is right from where it begins, and where the lines of the last step still stand, all of them', async () => {
    expect(await verify(trimmed)).toBeNull();
    expect(await verify({ ...trimmed, rows: [...trimmed.removed.slice(10), ...trimmed.rows] })).toBeNull();
    expect(await verify({ ...trimmed, start: null })).toEqual({ seq: 1, kind: 'truncated_start' });
  });

  test('1,000 seeded tamperings with it: all are found, a forged start too', async () => {
    expect(await missedOf(trimmed, { ...tamperings, ...startTamperings })).toEqual([]);
  });

  test.each<[string, Partial<Log>, ChainFault]>([
    ['more cut off', { rows: trimmed.rows.slice(3) }, { seq: 26, kind: 'truncated_start' }],
    ['all cut off', { rows: [] }, { seq: 26, kind: 'truncated_start' }],
    ['a row before', { rows: [rows[2] as AuditRow, ...trimmed.rows] }, { seq: 3, kind: 'inserted' }],
    [
      'a start that no line names',
      { start: { ...(trimmed.start as LogStart), line: 41 } },
      { seq: 41, kind: 'forged_start' },
    ],
    [
      'a start whose line is beyond the end',
      { start: { ...(trimmed.start as LogStart), line: 60 } },
      { seq: 51, kind: 'truncated_end' },
    ],
    [
      'a start behind its line',
      { start: { ...(trimmed.start as LogStart), line: 25 } },
      { seq: 25, kind: 'forged_start' },
    ],
    [
      'a start that a head contradicts',
      { anchors: [...trimmed.anchors, { seq: 25, hash: 'another', at: '' }] },
      { seq: 25, kind: 'forged_start' },
    ],
  ])('names %s', async (_what, changes, fault) => {
    expect(await verify({ ...trimmed, ...changes })).toEqual(fault);
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
