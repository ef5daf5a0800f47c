import { describe, expect, it } from 'vitest';
import { accountOf, ShardAccount } from '../../../core/account/shard-account.ts';
import { FormatError } from '../../../core/protocol/bytes.ts';
import type { ChunkHeader } from '../../../core/protocol/chunk-header.ts';
import { DUPLICATE, decodeLogRow, LATE, type LogRow } from '../../../core/window/log-row.ts';
import { Random } from '../../sim/random.ts';
import { buildChunk, buildEvent } from '../../support/build-chunk.ts';
import { m0, minute, Shard, t0 } from '../window/shard-fixture.ts';

/** The rows of a shard's log. */
const rowsOf = (shard: Shard): LogRow[] => shard.store.rows.map(({ body }) => decodeLogRow(body));

const chunk = (events: number, header: Partial<ChunkHeader>): Uint8Array =>
  buildChunk(
    Array.from({ length: events }, () => buildEvent({ timeMs: t0 })),
    { receivedAtMs: t0, ...header },
  );

/** A row whose head does not matter. */
const row = (...chunks: readonly (readonly [Uint8Array, (readonly number[])?])[]): LogRow => ({
  head: {} as LogRow['head'],
  chunks: chunks.map(([bytes, verdicts]) => ({
    bytes,
    verdicts: verdicts ? Uint8Array.from(verdicts) : null,
  })),
});

describe('the account of a range of a log', () => {
  it('[ING-6b] says of each event whether it was counted, late or a duplicate, by producer and minute of receipt', () => {
    const shard = new Shard();
    shard.receive(
      t0,
      shard.chunk(t0, { timeMs: t0, identityHi: 7 }, { timeMs: t0 }, { timeMs: t0, identityHi: 7 }),
    );
    shard.receive(
      t0 + 2 * minute,
      shard.chunk(t0 + 2 * minute, { timeMs: t0 - 60 * minute }, { timeMs: t0 }),
    );
    const [first, second, ...others] = accountOf(rowsOf(shard)).lines;
    expect(others).toEqual([]);
    expect(first).toMatchObject({ producer: 'local', minute: m0, counted: 2, late: 0, duplicates: 1 });
    expect(second).toMatchObject({ producer: 'local', minute: m0 + 2, counted: 1, late: 1, duplicates: 0 });
    expect(first?.numbers.get('000000000000000a')?.bounds).toEqual([0, 3]);
    expect(second?.numbers.get('000000000000000a')?.bounds).toEqual([3, 5]);
  });

  it('[ING-6b] keeps the twins of requests, and which numbers are void', () => {
    const account = accountOf([
      row([chunk(2, { firstNumber: 4, twins: 3, voids: [[0, 4]] })]),
      row([chunk(1, { firstNumber: 6, twins: 1, producer: 'other' })]),
    ]);
    expect(account.lines.map(({ producer, twins }) => [producer, twins])).toEqual([
      ['local', 3],
      ['other', 1],
    ]);
    expect(account.voids.get('000000000000000a')?.bounds).toEqual([0, 4]);
    expect(account.span).toEqual({ fromMinute: m0, toMinute: m0 });
  });

  it('[ING-6b] is the same however it is cut, merged, stored and read', () => {
    const random = new Random(20_261_121);
    const rows = Array.from({ length: 60 }, (_, i) => {
      const count = random.between(1, 4);
      const bytes = chunk(count, {
        door: random.pick(['00000000000000aa', '00000000000000bb']),
        producer: random.pick(['a', 'b', '"c" & Söhne']),
        firstNumber: i * 5,
        receivedAtMs: t0 + random.below(3) * minute,
        twins: random.below(3),
        voids: random.chance(0.3) ? [[i * 5 - 1, i * 5]] : [],
      });
      const verdicts = Array.from({ length: count }, () => random.pick([0, 0, LATE, DUPLICATE]));
      return row(random.chance(0.3) ? [bytes] : [bytes, verdicts]);
    });
    const whole = accountOf(rows).encode();
    for (let round = 0; round < 20; round++) {
      const parts: ShardAccount[] = [];
      for (let from = 0; from < rows.length; ) {
        const to = from + random.between(1, 20);
        parts.push(ShardAccount.decode(accountOf(rows.slice(from, to)).encode()));
        from = to;
      }
      const merged = new ShardAccount();
      while (parts.length > 0) merged.merge(parts.splice(random.below(parts.length), 1)[0] as ShardAccount);
      expect(merged.encode()).toBe(whole);
    }
  });

  it('refuses what is no account', () => {
    for (const text of [
      '',
      'null',
      '{}',
      '{"v":2}',
      '{"v":1,"lines":[["a"]],"voids":[]}',
      '{"v":1,"lines":[]}',
    ])
      expect(() => ShardAccount.decode(text), text).toThrow(FormatError);
    expect(accountOf([]).span).toBeNull();
  });
});
