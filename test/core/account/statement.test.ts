import { describe, expect, it } from 'vitest';
import { fateOf } from '../../../core/account/hole-fate.ts';
import { accountOf, type ShardAccount } from '../../../core/account/shard-account.ts';
import { type AccountSources, statementOf, totalOf, whyNot } from '../../../core/account/statement.ts';
import type { ChunkHeader } from '../../../core/protocol/chunk-header.ts';
import { holeOverdueMs, queueRetentionMs } from '../../../core/protocol/limits.ts';
import type { LogRow } from '../../../core/window/log-row.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { m0, minute, t0 } from '../window/shard-fixture.ts';

const shard = { regionNumber: 1, shard: 0 };
const door = '000000000000000a';
const nothing: AccountSources = { accounts: [], rejects: [], deadChunks: [], holes: [] };

function account(...headers: readonly Partial<ChunkHeader>[]): { account: ShardAccount } & typeof shard {
  const chunks = headers.map(({ count = 1, ...header }) => ({
    bytes: buildChunk(Array(count).fill(buildEvent()), { receivedAtMs: t0, ...header }),
    verdicts: null,
  }));
  return { ...shard, account: accountOf([{ head: {} as LogRow['head'], chunks }]) };
}

const dead = { ...shard, door, producer: 'local', receivedAtMs: t0, twins: 0, voids: [] };

describe('[ING-6, ING-6b] the statement of accounts', () => {
  it('received = accepted + rejected + twins, by producer and minute of receipt', () => {
    const lines = statementOf(
      {
        ...nothing,
        accounts: [account({ count: 4, twins: 2 }), account({ firstNumber: 4, receivedAtMs: t0 + minute })],
        rejects: [
          { producer: 'local', minute: m0, rejected: new Map([['bad_time', 3]]), twins: 0 },
          { producer: 'local', minute: m0, rejected: new Map([['unknown_region', 1]]), twins: 1 },
          { producer: 'other', minute: m0, rejected: new Map([['bad_time', 1]]), twins: 0 },
        ],
      },
      m0,
      m0 + 2,
    );
    expect(lines).toMatchObject([
      {
        producer: 'local',
        minute: m0,
        received: 11,
        accepted: 4,
        rejected: 4,
        twins: 3,
        counted: 4,
        rejected_by_code: { bad_time: 3, unknown_region: 1 },
      },
      { producer: 'other', minute: m0, received: 1, accepted: 0, rejected: 1, counted: 0 },
      { producer: 'local', minute: m0 + 1, received: 1, accepted: 1, counted: 1 },
    ]);
    expect(totalOf(lines)).toMatchObject({ received: 13, accepted: 5, rejected: 5, twins: 3 });
  });

  it('what lies outside of the range is not told', () => {
    const sources = {
      ...nothing,
      accounts: [account({}), account({ firstNumber: 1, receivedAtMs: t0 + minute })],
    };
    expect(statementOf(sources, m0 + 1, m0 + 2)).toHaveLength(1);
    expect(statementOf(sources, m0 + 2, m0 + 9)).toEqual([]);
  });

  //  numbers:  0..5 counted   5..8 dead letter   8..10 a hole that is a dead letter   10..12 a hole   12..13 counted
  it('a number is told of once: in the log, else among the dead letters, else as a hole', () => {
    const [line] = statementOf(
      {
        ...nothing,
        accounts: [account({ count: 5 }, { firstNumber: 12 })],
        deadChunks: [
          { ...dead, firstNumber: 5, count: 3, twins: 1 },
          { ...dead, firstNumber: 8, count: 2 },
          { ...dead, firstNumber: 8, count: 2 },
          { ...dead, firstNumber: 3, count: 2, twins: 9 },
        ],
        holes: [{ ...shard, door, from: 8, to: 12, producer: 'local', receivedAtMs: t0, fate: 'overdue' }],
      },
      m0,
      m0 + 1,
    );
    expect(line).toMatchObject({
      accepted: 13,
      counted: 6,
      dead_lettered: 5,
      overdue: 2,
      twins: 1,
      missing: 0,
    });
  });

  it('a dead letter whose numbers are void was never accepted', () => {
    const sources = {
      ...nothing,
      accounts: [account({ firstNumber: 2, voids: [[0, 2]] })],
      deadChunks: [{ ...dead, firstNumber: 0, count: 2, twins: 4 }],
    };
    expect(statementOf(sources, m0, m0 + 1)).toMatchObject([
      { accepted: 1, counted: 1, dead_lettered: 0, twins: 0 },
    ]);
  });

  it('what a dead letter declares void is no hole', () => {
    const sources = {
      ...nothing,
      deadChunks: [{ ...dead, firstNumber: 5, count: 1, voids: [2, 5] }],
      holes: [
        { ...shard, door, from: 0, to: 6, producer: 'local', receivedAtMs: t0, fate: 'missing' as const },
      ],
    };
    expect(statementOf(sources, m0, m0 + 1)).toMatchObject([{ accepted: 3, dead_lettered: 1, missing: 2 }]);
  });

  it('the same number of another shard or door is another', () => {
    const other = account({ count: 5 });
    const accounts = [other, { ...other, regionNumber: 2 }, account({ count: 5, door: '00000000000000bb' })];
    const [line] = statementOf({ ...nothing, accounts }, m0, m0 + 1);
    expect(line).toMatchObject({ accepted: 15, counted: 15, numbered_twice: 0 });
  });

  it('rows of the log that were added twice do not pass: the numbers show it', () => {
    const lines = statementOf(
      { ...nothing, accounts: [account({ count: 5 }), account({ count: 5 })] },
      m0,
      m0 + 1,
    );
    expect(totalOf(lines)).toMatchObject({ accepted: 5, counted: 10, numbered_twice: 5 });
    expect(whyNot(totalOf(lines))).toEqual(['5 events in the log under numbers of others']);
  });

  it('says in words what is missing, and nothing where all is accounted for', () => {
    expect(whyNot({ missing: 0, numbered_twice: 0 })).toEqual([]);
    expect(whyNot({ missing: 1, numbered_twice: 0 })).toEqual([
      '1 event accepted and never seen: the queue no longer has them',
    ]);
    expect(whyNot({ missing: 1_234_567, numbered_twice: 0 })[0]).toContain('1,234,567 events');
    expect(whyNot({ missing: 0, numbered_twice: -2 })).toEqual([
      '2 events fewer in the log than have numbers',
    ]);
  });
});

describe('[ING-6b] what a hole is', () => {
  it('in flight, then overdue, then missing; and missing at once where its door is forgotten', () => {
    const fate = (ageMs: number) => fateOf(t0, t0 + ageMs);
    expect([0, holeOverdueMs, holeOverdueMs + 1].map(fate)).toEqual(['in_flight', 'in_flight', 'overdue']);
    expect([queueRetentionMs, queueRetentionMs + 1].map(fate)).toEqual(['overdue', 'missing']);
    expect(fateOf(t0, t0, true)).toBe('missing');
  });
});
