import { describe, expect, test } from 'vitest';
import { FormatError } from '../../../core/protocol/bytes.ts';
import { holdBackMs } from '../../../core/protocol/limits.ts';
import { decodeLogRow, decodeLogRowHead } from '../../../core/window/log-row.ts';
import { decodeSnapshot } from '../../../core/window/snapshot.ts';
import { day, hour, m0, minute, Shard, second, t0 } from './shard-fixture.ts';

describe('a shard that wakes', () => {
  // commit at 5:00        dies, clock set back to 2:00
  //   watermark 4:55  -->   watermark 4:55
  test('[LOG-2, WIN-3] has the watermark that the last commit left, whatever the clock says', () => {
    const shard = new Shard();
    shard.see(t0 + 30 * second, t0 + 29 * second);
    shard.see(t0 + 5 * minute, t0 + 5 * minute);
    shard.crash(t0 + 2 * minute);
    expect(shard.region.watermarkMs).toBe(t0 + 5 * minute - holdBackMs);
    shard.tick(t0 + 2 * minute);
    expect(shard.region.watermarkMs).toBe(t0 + 5 * minute - holdBackMs);
  });

  test('[LOG-2, WIN-7] answers at once what the one before it answered: closed windows are closed', () => {
    const shard = new Shard();
    shard.see(t0 + 3 * minute, t0 + second, t0 + minute, t0 + 3 * minute);
    expect(shard.minutes()).toBe('[0] [1] 3');
    shard.crash(t0 + 3 * minute);
    expect(shard.minutes()).toBe('[0] [1] 3');
    expect(shard.region.dueWindows(t0 + 3 * minute)).toHaveLength(2);
  });

  // window 0 closes by an alarm, without a commit, and D1 has it; then the object dies and the clock is set back
  test('[LOG-2, WIN-3] does not stand before a window that D1 is known to hold', () => {
    const shard = new Shard();
    shard.see(t0 + 30 * second, t0 + 29 * second);
    shard.tick(t0 + 70 * second);
    expect(shard.emit(t0 + 70 * second)).toHaveLength(1);
    shard.crash(t0 + 40 * second);
    expect(shard.minutes()).toBe('[0]');
    expect(shard.region.dueWindows(t0 + 40 * second)).toEqual([]);
  });

  // window 0 dies by an alarm while D1 is down, and is parked; then the object dies and the clock is set back
  test('[LOG-2, LOG-5] does not let a window live that is parked as dead', () => {
    const shard = new Shard();
    shard.see(t0, t0, t0 + minute);
    shard.tick(t0 + 11 * minute + holdBackMs);
    expect([...shard.store.parked.keys()]).toEqual([m0]);
    shard.crash(t0 + 5 * minute);
    expect(shard.minutes()).toBe('[0] 1');
    shard.see(t0 + 5 * minute, t0);
    expect(shard.region.totals).toMatchObject({ counted: 2, late: 1 });
  });

  test('[LOG-2, LOG-5] owes the hour of a window that died without a commit', () => {
    const shard = new Shard();
    shard.see(t0 + 59 * minute, t0 + 59 * minute);
    shard.tick(t0 + 2 * hour);
    shard.crash(t0 + 2 * hour);
    shard.tick(t0 + 2 * hour);
    shard.emit(t0 + 2 * hour);
    expect(shard.region.dueHours(t0 + 2 * hour)).toEqual([m0 / 60]);
  });

  test('[LOG-2, WIN-8] keeps windows ended that the cap on identities had ended, and their count', () => {
    const shard = new Shard(t0, { identitiesMax: 2 });
    shard.see(t0 + 3 * minute, t0, t0 + minute, t0 + 2 * minute);
    expect(shard.region.totals.horizonCuts).toBe(1);
    shard.crash(t0 + 3 * minute);
    expect(shard.region.totals.horizonCuts).toBe(1);
    shard.see(t0 + 3 * minute, t0 + 59 * second);
    expect(shard.region.totals).toMatchObject({ counted: 3, late: 1, horizonCuts: 1 });
  });

  //  events of 0:00 counted at 0:30       dead at 11:05         wakes at 10:30: counted, not judged again
  test('[LOG-2] applies verdicts and never judges again', () => {
    const shard = new Shard();
    shard.see(t0 + 30 * second, t0, t0 - 20 * minute);
    shard.receive(t0 + 40 * second, shard.chunk(t0, { timeMs: t0, identityHi: 1 }, { timeMs: t0 + second }));
    const before = shard.region.answer(t0 + 10 * minute);
    expect(shard.region.totals).toMatchObject({ counted: 2, late: 1, duplicates: 1 });
    expect(shard.woken(t0 + 10 * minute).answer(t0 + 10 * minute)).toEqual(before);
  });

  test('[LOG-2, DUP-1] knows the identities of living windows', () => {
    const shard = new Shard();
    shard.receive(t0, shard.chunk(t0, { timeMs: t0, identityHi: 9 }));
    shard.crash(t0 + minute);
    shard.receive(t0 + minute, shard.chunk(t0, { timeMs: t0, identityHi: 9 }));
    expect(shard.region.totals).toMatchObject({ counted: 1, duplicates: 1 });
  });

  test('[LOG-2, LOG-4] takes again what was lost with the effects of a call, and only that', () => {
    const shard = new Shard();
    const [stored, lost] = [shard.chunk(t0, { timeMs: t0 }), shard.chunk(t0, { timeMs: t0 })];
    shard.receive(t0, stored);
    expect(shard.region.receive([lost], t0).verdicts).toEqual([{ verdict: 'committed' }]);
    shard.crash(t0);
    expect(shard.receive(t0, stored, lost)).toEqual([{ verdict: 'seen' }, { verdict: 'committed' }]);
    expect(shard.store.rows.map(({ row }) => row)).toEqual([0, 1]);
  });

  test('[DUP-2] never gives the number of a trimmed row again', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    shard.see(t0, t0);
    shard.alarm(t0 + hour);
    shard.seal(t0 + hour);
    shard.alarm(t0 + 2 * hour);
    expect(shard.store.rows).toEqual([]);
    shard.crash(t0 + 2 * hour);
    expect(shard.region.totals.counted).toBe(2);
    shard.see(t0 + 2 * hour, t0 + 2 * hour);
    expect(shard.store.rows.map(({ row }) => row)).toEqual([2]);
  });

  test('[LOG-2, API-1] knows what it last received when all rows are trimmed', () => {
    const shard = new Shard();
    shard.see(t0, t0);
    for (const atMs of [2 * hour, 2 * day]) shard.alarm(t0 + atMs);
    shard.carryOut([{ kind: 'trim', beforeRow: 1 }]);
    expect(shard.store.rows).toEqual([]);
    shard.crash(t0 + 2 * day);
    expect(shard.region.answer(t0 + 2 * day)).toMatchObject({ lastReceivedAt: t0, lastEventAt: t0 });
    expect(shard.region.totals.counted).toBe(1);
  });
});

describe('stored rows that are damaged', () => {
  const shard = new Shard();
  shard.see(t0, t0);
  shard.carryOut(shard.region.maintain(t0));
  const row = shard.store.rows[0]?.body as Uint8Array;
  const snapshot = JSON.stringify(shard.store.source().snapshot);

  test('[LOG-2] a log row cut short or changed is a FormatError or another row, never anything worse', () => {
    for (let length = 0; length < row.length; length++) {
      expect(() => decodeLogRow(row.slice(0, length))).toThrow(FormatError);
    }
    for (let at = 0; at < row.length; at++) {
      for (const value of [0, 1, 34, 127, 255]) {
        const changed = row.slice();
        changed[at] = value;
        for (const decode of [decodeLogRow, decodeLogRowHead]) {
          try {
            decode(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
        }
      }
    }
  });

  test.each(['', 'null', '{}', '[]', '{"v":1}', '{"v":99}', snapshot.slice(0, -1)])(
    '[LOG-2] a snapshot that is %j is a FormatError',
    (text) => {
      expect(() => decodeSnapshot(text)).toThrow(FormatError);
      expect(decodeSnapshot(snapshot).throughRow).toBe(0);
    },
  );
});
