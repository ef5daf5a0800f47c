import { describe, expect, it } from 'vitest';
import { counterIndex } from '../../../core/aggregate/counters.ts';
import {
  allowedLatenessMs,
  dimensionKeysMax,
  logRowBytesMax,
  OTHER_KEY,
  reemitAfterMs,
} from '../../../core/protocol/limits.ts';
import { decodeLogRow } from '../../../core/window/log-row.ts';
import { Region } from '../../../core/window/region.ts';
import { minuteOf } from '../../../core/window/time.ts';
import { buildChunk, buildEvent, type EventFields } from '../../support/build-chunk.ts';
import { emptySource } from '../../support/empty-source.ts';
import { sealAll } from '../../support/seal-all.ts';

const noon = Date.UTC(2026, 10, 21, 12, 0, 0);
const { events, views } = counterIndex;

/** A new shard, a door that numbers on, and identities that never repeat unless given. */
function bench(caps?: { identitiesMax: number }) {
  const region = new Region(emptySource, noon, caps);
  let number = 0;
  let identity = 0;
  const deliver = (nowMs: number, ...list: readonly EventFields[]) => {
    const built = list.map((fields) => buildEvent({ identityHi: ++identity, timeMs: nowMs, ...fields }));
    const chunk = buildChunk(built, { firstNumber: number, receivedAtMs: nowMs });
    number += list.length;
    return region.receive([chunk], nowMs);
  };
  return { region, deliver };
}

describe('a region shard', () => {
  it('[WIN-1, WIN-2] counts an event in one pane of one window, and the window is the sum of its panes', () => {
    const { region, deliver } = bench();
    deliver(noon + 10_000, { timeMs: noon + 9_999 }, { timeMs: noon + 10_000 }, { timeMs: noon - 1 });
    const [before, open] = region.answer(noon + 10_000).windows;
    expect(before?.panes.map((pane) => pane?.[events] ?? 0)).toEqual([0, 0, 0, 0, 0, 1]);
    expect(open?.panes.map((pane) => pane?.[events] ?? 0)).toEqual([1, 1, 0, 0, 0, 0]);
    expect([open?.counters[events], open?.counters[views]]).toEqual([2, 2]);
  });

  it('[DUP-1] a twin of a window that lives is a duplicate, under whatever number it comes', () => {
    const { region, deliver } = bench();
    deliver(noon, { identityHi: 7, timeMs: noon });
    deliver(noon + 1000, { identityHi: 7, timeMs: noon }, { identityHi: 8, timeMs: noon });
    expect(region.totals).toMatchObject({ counted: 2, duplicates: 1, late: 0 });
  });

  it('[WIN-4] windows close in time order, and an open one is not emitted', () => {
    const { region, deliver } = bench();
    deliver(noon + 1000, { timeMs: noon - 120_000 }, { timeMs: noon - 60_000 }, { timeMs: noon + 1000 });
    const minutes = region.dueWindows(noon + 1000).map(({ minute }) => minute);
    expect(minutes).toEqual([minuteOf(noon) - 2]);
    region.tick(noon + 30_000);
    expect(region.dueWindows(noon + 30_000).map(({ minute }) => minute)).toEqual([
      minuteOf(noon) - 2,
      minuteOf(noon) - 1,
    ]);
  });

  //  closed, emitted at t        late events       t + 9.999 s   t + 10 s
  //  |------- confirmed --------- e ---- e ------------|          | emitted again, whole
  it('[WIN-5] late events reopen a window: it goes out again in full, at most once in 10 s', () => {
    const { region, deliver } = bench();
    deliver(noon, { timeMs: noon - 120_000 }, { timeMs: noon });
    const first = region.dueWindows(noon);
    region.confirm(first, noon);
    deliver(noon + 1000, { timeMs: noon - 120_000 });
    deliver(noon + 2000, { timeMs: noon - 120_000 });
    expect(region.dueWindows(noon + reemitAfterMs - 1)).toEqual([]);
    const again = region.dueWindows(noon + reemitAfterMs);
    expect(again.map(({ minute, counters }) => [minute, counters[events]])).toEqual([
      [minuteOf(noon) - 2, 3],
    ]);
    expect(again[0]?.revision.logRow).toBeGreaterThan(first[0]?.revision.logRow ?? Infinity);
  });

  it('[WIN-5] what comes when the watermark has passed end + H is late: logged with its verdict, in no window', () => {
    const { region, deliver } = bench();
    const lateMs = noon - allowedLatenessMs - 120_000;
    const { effects } = deliver(noon, { timeMs: lateMs }, { timeMs: noon });
    const append = effects.find(({ kind }) => kind === 'append');
    const verdicts = append?.kind === 'append' ? decodeLogRow(append.body).chunks[0]?.verdicts : null;
    expect([...(verdicts ?? [])]).toEqual([1, 0]);
    expect(region.answer(noon).windows).toHaveLength(1);
    expect(region.totals).toMatchObject({ counted: 1, late: 1 });
  });

  it('[WIN-6] keeps the first 512 keys of a dimension, folds the rest, and its totals stay exact', () => {
    const { region, deliver } = bench();
    const keys = Array.from({ length: dimensionKeysMax + 2 }, (_, i) => `title-${i}`);
    deliver(noon, ...keys.map((contentId) => ({ contentId })), { contentId: 'title-0' });
    const window = region.answer(noon).windows[0];
    const content = new Map(window?.dimensions.content.map(([key, counters]) => [key, counters[events]]));
    expect(content.size).toBe(dimensionKeysMax + 1);
    expect([content.get('title-0'), content.get(`title-${dimensionKeysMax - 1}`)]).toEqual([2, 1]);
    expect([content.get(OTHER_KEY), content.has(`title-${dimensionKeysMax}`)]).toEqual([2, false]);
    expect(window?.counters[events]).toBe(dimensionKeysMax + 3);
  });

  it('[WIN-8] beyond the cap on identities the oldest windows end early; no event is refused, and it is told', () => {
    const { region, deliver } = bench({ identitiesMax: 3 });
    const at = (minutesAgo: number): EventFields => ({ timeMs: noon - minutesAgo * 60_000 });
    deliver(noon, at(4), at(3), at(0));
    expect(region.answer(noon).horizonCutTotal).toBe(0);
    const { verdicts, effects } = deliver(noon, at(0));
    expect(verdicts).toEqual([{ verdict: 'committed' }]);
    expect(region.answer(noon).horizonCutTotal).toBe(1);
    expect(effects.flatMap((effect) => (effect.kind === 'park' ? [effect.window.minute] : []))).toEqual([
      minuteOf(noon) - 4,
    ]);
    deliver(noon, at(4));
    expect(region.totals).toMatchObject({ counted: 4, late: 1 });
  });

  it('[LOG-3] one call is one log row per 2 MB', () => {
    const { region } = bench();
    const chunk = (i: number): Uint8Array => {
      const list = Array.from({ length: 20 }, (_, n) =>
        buildEvent({ identityHi: i * 20 + n + 1, timeMs: noon, ext: `${i}-${n}`.padEnd(2000, 'x') }),
      );
      return buildChunk(list, { firstNumber: i * 20 });
    };
    const chunks = Array.from({ length: 80 }, (_, i) => chunk(i));
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0);
    const rows = region.receive(chunks, noon).effects.filter(({ kind }) => kind === 'append');
    expect(rows).toHaveLength(Math.ceil(bytes / logRowBytesMax));
    for (const row of rows) expect(row.kind === 'append' && row.body.length <= logRowBytesMax).toBe(true);
  });

  it('[LOG-5] a window that dies while D1 is down waits as one packed row, and leaves it once D1 has it', () => {
    const { region, deliver } = bench();
    deliver(noon, { timeMs: noon });
    const deadMs = noon + 60_000 + allowedLatenessMs + 10_000;
    for (let ms = noon; ms < deadMs; ms += 30_000) {
      region.tick(ms);
      if (region.dueWindows(ms).length > 0) region.emissionFailed(ms);
    }
    const parked = region.tick(deadMs).filter(({ kind }) => kind === 'park');
    expect(parked).toHaveLength(1);
    expect(region.answer(deadMs).windows).toHaveLength(1);
    const wakeMs = region.nextWakeMs(deadMs) ?? Number.NaN;
    const due = region.dueWindows(wakeMs);
    expect(due.map(({ counters }) => counters[events])).toEqual([1]);
    expect(region.confirm(due, wakeMs)).toContainEqual({ kind: 'unpark', minute: minuteOf(noon) });
    expect(region.dueWindows(wakeMs + 60_000)).toEqual([]);
  });

  it('[LOG-5] the hour is due once all its windows are dead and confirmed, and wakes the shard for it', () => {
    const { region, deliver } = bench();
    deliver(noon, { timeMs: noon });
    let nowMs = noon;
    for (let wakes = 0; region.dueHours(nowMs).length === 0; wakes++) {
      expect(wakes).toBeLessThan(10);
      nowMs = region.nextWakeMs(nowMs) ?? Number.NaN;
      region.tick(nowMs);
      region.confirm(region.dueWindows(nowMs), nowMs);
      if (region.log.tellSealer(nowMs)) sealAll(region);
      region.maintain(nowMs);
    }
    const hour = noon / 3_600_000;
    expect(region.dueHours(nowMs)).toEqual([hour]);
    expect(nowMs).toBeGreaterThanOrEqual((hour + 1) * 3_600_000 + allowedLatenessMs);
    region.hourWritten(hour);
    expect(region.nextWakeMs(nowMs)).toBeNull();
  });

  it('counts viewers: a session with an event in the last 60 s that did not end in pause or complete', () => {
    const { region, deliver } = bench();
    const session = (sessionHi: number, type: number, timeMs: number): EventFields => ({
      sessionHi,
      type,
      timeMs,
    });
    deliver(noon, session(1, 0, noon - 1), session(2, 0, noon - 5), session(2, 1, noon - 1));
    deliver(noon, session(3, 4, noon), session(4, 1, noon - 9), session(4, 2, noon - 3), { type: 0 });
    expect(region.answer(noon).viewers).toBe(2);
    expect(region.answer(noon + 59_996).viewers).toBe(2);
    expect(region.answer(noon + 59_998).viewers).toBe(1);
    expect(region.answer(noon + 60_000).viewers).toBe(0);
  });
});
