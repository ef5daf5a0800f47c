import { describe, expect, test } from 'vitest';
import { type SplitRows, splitLog } from '../../../core/lake/split-log.ts';
import { decodeLogRow, encodeLogRow, type LogRow } from '../../../core/window/log-row.ts';
import { Random } from '../../../tools/producer/random.ts';
import { buildChunk, buildEvent, type EventFields } from '../../support/build-chunk.ts';
import { anyEvent, eventsOf, plainOf } from '../../support/lake-rows.ts';
import { hour, minute, Shard, second, t0 } from '../window/shard-fixture.ts';

const hour0 = t0 / hour;

/** The log that a shard wrote. */
function logOf(shard: Shard): { row: number; logRow: LogRow }[] {
  return [...shard.store.source().rowsFrom(0)].map(({ row, body }) => ({ row, logRow: decodeLogRow(body) }));
}

function logRow(chunks: LogRow['chunks']): LogRow {
  const [first] = logOf(seen(t0));
  return { head: first?.logRow.head as LogRow['head'], chunks };
}

function seen(...timesMs: number[]): Shard {
  const shard = new Shard();
  shard.see(t0, ...timesMs);
  return shard;
}

const placesOf = ({ hour: at, kind, rows }: SplitRows) => ({
  hour: at - hour0,
  kind,
  places: Array.from({ length: rows.count }, (_, i) => [rows.logRow[i], rows.index[i]]),
});

describe('a range of the log becomes parts', () => {
  test('[LAK-1] each counted or late event is in exactly one lot, of its hour and kind; duplicates are in none', () => {
    //  m0-1h         m0                 +1h
    //    |  late       |  counted, twin    |  counted of the next hour
    const shard = new Shard();
    const twin: EventFields = { identityHi: 9, identityLo: 9, timeMs: t0 + second };
    shard.receive(t0, shard.chunk(t0, twin, { timeMs: t0 - hour }, { timeMs: t0 + 2 * second }));
    shard.receive(t0 + second, shard.chunk(t0, twin), shard.chunk(t0, { timeMs: t0 + 3 * second }));
    shard.receive(t0 + hour, shard.chunk(t0, { timeMs: t0 + hour }, { timeMs: t0 + hour - second }));
    const rows = logOf(shard);
    expect(splitLog(rows).map((lot) => [...lot.rows.doorNumber])).toEqual([[1], [0, 2, 4, 6], [5]]);
    expect(splitLog(rows).map(placesOf)).toEqual([
      { hour: -1, kind: 'late', places: [[0, 1]] },
      {
        hour: 0,
        kind: 'counted',
        places: [
          [0, 0],
          [0, 2],
          [1, 1],
          [2, 1],
        ],
      },
      { hour: 1, kind: 'counted', places: [[2, 0]] },
    ]);
  });

  test('what is late and what was counted of one hour are two lots, the counted one first', () => {
    const shard = seen(t0 + minute);
    shard.see(t0 + 30 * minute, t0 + 30 * minute);
    shard.see(t0 + 31 * minute, t0 + 2 * minute, t0 + 31 * minute);
    expect(splitLog(logOf(shard)).map(({ kind, rows }) => [kind, rows.count])).toEqual([
      ['counted', 3],
      ['late', 1],
    ]);
  });

  test('[LAK-1] every field, door, producer, number and time of receipt is kept, and the order of the log', () => {
    const random = new Random('split', 1);
    const events = Array.from({ length: 900 }, () => anyEvent(random, t0));
    const doors = [
      {
        door: '00000000000000b1',
        producer: 'acme',
        firstNumber: 77,
        receivedAtMs: t0 + 5,
        pseudonymVersion: 3,
      },
      { door: 'ffffffffffffffff', producer: 'örtlich', firstNumber: 0, receivedAtMs: t0 + 9 },
    ];
    const halves = [events.slice(0, 400), events.slice(400)];
    const chunks = halves.map((half, n) => ({ bytes: buildChunk(half, doors[n]), verdicts: null }));
    const [lot, ...more] = splitLog([{ row: 12, logRow: logRow(chunks) }]);
    expect(more).toEqual([]);
    const got = eventsOf((lot as SplitRows).rows);
    expect(got.map(({ index }) => index)).toEqual(events.map((_, i) => i));
    for (const [i, event] of events.entries()) {
      const isSecond = i >= 400;
      expect(got[i]).toEqual({
        ...plainOf(event),
        logRow: 12,
        index: i,
        receivedAtMs: isSecond ? t0 + 9 : t0 + 5,
        door: doors[isSecond ? 1 : 0]?.door,
        doorNumber: isSecond ? i - 400 : 77 + i,
        producer: isSecond ? 'örtlich' : 'acme',
        pseudonymVersion: isSecond ? 1 : 3,
      });
    }
  });

  test('a row is the same through its bytes, and an empty range gives nothing', () => {
    const rows = logOf(seen(t0, t0 + 1));
    const again = rows.map(({ row, logRow: held }) => ({ row, logRow: decodeLogRow(encodeLogRow(held)) }));
    expect(splitLog(again)).toEqual(splitLog(rows));
    expect(splitLog([])).toEqual([]);
  });

  test('more texts than 16 bits can number are kept apart', () => {
    const rows = Array.from({ length: 40 }, (_, row) => {
      const events = Array.from({ length: 1700 }, (_e, i) =>
        buildEvent({ timeMs: t0, identityLo: i, contentId: `${row * 1700 + i}` }),
      );
      return { row, logRow: logRow([{ bytes: buildChunk(events), verdicts: null }]) };
    });
    const [lot] = splitLog(rows);
    const { texts, codes } = (lot as SplitRows).rows.columns.contentId;
    expect(texts).toHaveLength(68_000);
    expect(Array.from(codes, (code) => texts[code - 1])).toEqual(texts);
  });

  test('rows that do not ascend, and a verdict too few, are bugs', () => {
    const [first] = logOf(seen(t0));
    expect(() => splitLog([first, first] as never)).toThrow('ascend');
    const bytes = buildChunk([buildEvent(), buildEvent()]);
    expect(() => splitLog([{ row: 0, logRow: logRow([{ bytes, verdicts: new Uint8Array(1) }]) }])).toThrow(
      'one verdict',
    );
  });
});
