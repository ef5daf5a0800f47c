import { describe, expect, test } from 'vitest';
import { holdBackMs, OTHER_KEY, reemitAfterMs } from '../../../core/protocol/limits.ts';
import { Backoff } from '../../../core/window/backoff.ts';
import { Region } from '../../../core/window/region.ts';
import { day, hour, m0, minute, Shard, second, t0 } from './shard-fixture.ts';

const minutesOf = (windows: readonly { readonly minute: number }[]): number[] =>
  windows.map((window) => window.minute - m0);

describe('what waits for D1', () => {
  //  emitted at row 0 ---- in flight ---- D1 has row 0
  //                 late event, row 1                  still owed: row 1
  test('[LOG-5, WIN-5] a window that changes while it is on its way stays owed', () => {
    const shard = new Shard();
    shard.see(t0 + 2 * minute, t0, t0 + 2 * minute);
    const sent = shard.region.dueWindows(t0 + 2 * minute);
    shard.see(t0 + 2 * minute + second, t0);
    shard.carryOut(shard.region.confirm(sent, t0 + 2 * minute + second));
    const owed = shard.emit(t0 + 3 * minute);
    expect(owed.map(({ counters }) => counters[0])).toEqual([2]);
    expect(minutesOf(shard.region.dueWindows(t0 + 4 * minute))).toEqual([]);
  });

  //  m0 ---- m1 ---- m2: closed; D1 is down            a late event for m0, once D1 has it
  test('[SYS-3] D1 lacks a window since its end, or since it was made or changed where that was later', () => {
    const shard = new Shard();
    const atOfRow = (row: number) => shard.store.rows.find((one) => one.row === row)?.atMs ?? null;
    const owed = (nowMs: number) => shard.region.owedToD1(nowMs, atOfRow);
    shard.see(t0 + second, t0);
    expect(owed(t0 + second)).toEqual({ windows: 0, sinceMs: null });
    shard.see(t0 + 2 * minute, t0 + 2 * minute);
    expect(owed(t0 + 3 * minute)).toEqual({ windows: 1, sinceMs: t0 + minute });
    // Of the minute between, which nobody has seen before: it is owed since the event came.
    shard.see(t0 + 2 * minute + 30 * second, t0 + minute + second);
    expect(owed(t0 + 3 * minute)).toEqual({ windows: 2, sinceMs: t0 + minute });
    shard.emit(t0 + 3 * minute);
    expect(owed(t0 + 3 * minute)).toEqual({ windows: 0, sinceMs: null });
    shard.see(t0 + 5 * minute, t0 + 1);
    expect(owed(t0 + 6 * minute).sinceMs).toBe(t0 + 2 * minute + minute);
    shard.emit(t0 + 6 * minute);
    shard.see(t0 + 6 * minute + second, t0 + 2);
    // Not due yet: re-emissions are joined.
    expect(owed(t0 + 6 * minute + 2 * second)).toEqual({ windows: 1, sinceMs: null });
    expect(owed(t0 + 7 * minute).sinceMs).toBe(t0 + 6 * minute + reemitAfterMs);
    shard.crash(t0 + 8 * minute);
    expect(owed(t0 + 8 * minute).sinceMs).toBe(t0 + 6 * minute + second);
    // It dies, and is parked.
    shard.tick(t0 + 30 * minute);
    expect(owed(t0 + 30 * minute).sinceMs).toBe(t0 + 11 * minute);
  });

  //  emitted at row 0 ---- in flight ----------------------- D1 has row 0
  //            late event, row 1       dies: parked as row 1              still parked
  test('[LOG-5] a dead window that changed while it was on its way stays parked', () => {
    const shard = new Shard();
    shard.see(t0 + 2 * minute, t0, t0 + 2 * minute);
    const sent = shard.region.dueWindows(t0 + 2 * minute);
    shard.see(t0 + 2 * minute + second, t0);
    shard.tick(t0 + 11 * minute + holdBackMs);
    shard.carryOut(shard.region.confirm(sent, t0 + 12 * minute));
    expect(minutesOf([...shard.store.parked.values()])).toEqual([0]);
    shard.emit(t0 + 12 * minute);
    expect(shard.store.parked.size).toBe(0);
  });

  test('[LOG-5] what has been confirmed is not owed again after a crash', () => {
    const shard = new Shard();
    shard.see(t0 + 2 * minute, t0, t0 + 2 * minute);
    expect(minutesOf(shard.emit(t0 + 2 * minute))).toEqual([0]);
    shard.crash(t0 + 3 * minute);
    expect(minutesOf(shard.region.dueWindows(t0 + 3 * minute))).toEqual([]);
    shard.tick(t0 + 4 * minute);
    expect(minutesOf(shard.emit(t0 + 4 * minute))).toEqual([2]);
  });

  test('[LOG-5] an hour waits for every window of it that D1 lacks', () => {
    const shard = new Shard();
    shard.see(t0, t0, t0 + minute);
    shard.tick(t0 + 2 * hour);
    const [first, last] = shard.region.dueWindows(t0 + 2 * hour);
    expect(shard.region.dueHours(t0 + 2 * hour)).toEqual([]);
    if (first) shard.carryOut(shard.region.confirm([first], t0 + 2 * hour));
    expect(shard.region.dueHours(t0 + 2 * hour)).toEqual([]);
    if (last) shard.carryOut(shard.region.confirm([last], t0 + 2 * hour));
    expect(shard.region.dueHours(t0 + 2 * hour)).toEqual([m0 / 60]);
  });

  test('[LOG-5] an outage of a day leaves one packed row a window and does not make waking longer', () => {
    const shard = new Shard();
    let failures = 0;
    for (let atMs = t0; atMs < t0 + day; atMs += minute) {
      shard.see(atMs, atMs);
      if (shard.region.dueWindows(atMs).length === 0) continue;
      shard.region.emissionFailed(atMs);
      failures++;
    }
    expect(failures).toBeGreaterThan(1000);
    expect(shard.store.parked.size).toBe(1440 - 12);
    shard.carryOut(shard.region.maintain(t0 + day));
    const source = shard.store.source();
    let rowsRead = 0;
    const rowsFrom = (from: number) => {
      const rows = [...source.rowsFrom(from)];
      rowsRead += rows.length;
      return rows;
    };
    shard.region = new Region({ ...source, rowsFrom }, t0 + day);
    expect(rowsRead).toBe(12);
    expect(shard.emit(t0 + day)).toHaveLength(1438);
    expect(shard.store.parked.size).toBe(0);
  });

  test('[LOG-5] what fails is tried again after 1 s, 2 s, 4 s ... a minute, and a clock set back does not matter', () => {
    const backoff = new Backoff();
    const pauses = Array.from({ length: 9 }, () => {
      backoff.fail(t0);
      return backoff.untilMs - t0;
    });
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect([t0, t0 + minute - 1, t0 + minute].map((ms) => backoff.isPausedAt(ms))).toEqual([
      true,
      true,
      false,
    ]);
    expect(backoff.isPausedAt(t0 - hour)).toBe(false);
    backoff.succeed();
    backoff.fail(t0);
    expect(backoff.untilMs).toBe(t0 + second);
  });
});

describe('the log', () => {
  test('[LOG-5] the snapshot is renewed every five minutes at most, and not for nothing', () => {
    const shard = new Shard();
    let snapshots = 0;
    for (let atMs = t0; atMs < t0 + hour; atMs += 10 * second) {
      shard.see(atMs, atMs);
      snapshots += shard.region.maintain(atMs).filter(({ kind }) => kind === 'snapshot').length;
    }
    expect(snapshots).toBe(12);
    shard.region.maintain(t0 + 2 * hour);
    expect(shard.region.maintain(t0 + 3 * hour)).toEqual([]);
  });
});

describe('the alarm', () => {
  // Players lag by a minute: by the clock the hour is over (at 70:05) a minute before the watermark says so.
  test('[LOG-5] does not wake the shard again and again for an hour that is over by the clock only', () => {
    const shard = new Shard(t0 + 58 * minute);
    const gaps: number[] = [];
    for (let atMs = t0 + 58 * minute; atMs < t0 + 72 * minute; atMs += 5 * second) {
      shard.see(atMs, atMs - minute);
      shard.alarm(atMs);
      gaps.push((shard.region.nextWakeMs(atMs) ?? Number.POSITIVE_INFINITY) - atMs);
    }
    expect(Math.min(...gaps)).toBeGreaterThan(second);
  });

  test('[WIN-4] wakes the shard when a silent window closes, and not before', () => {
    const shard = new Shard();
    shard.see(t0 + 30 * second, t0 + 30 * second);
    expect(shard.region.nextWakeMs(t0 + 31 * second)).toBe(t0 + minute + holdBackMs);
  });

  test('[LOG-5] is not wanted where nothing is owed', () => {
    expect(new Shard().region.nextWakeMs(t0)).toBeNull();
  });
});

describe('what hubs are told', () => {
  test('[WIN-6, WIN-7] a content beyond the cap changes what is kept for all of them together', () => {
    const shard = new Shard();
    shard.region.track(true);
    const named = Array.from({ length: 513 }, (_, i) => ({ timeMs: t0, contentId: `content-${i}` }));
    shard.receive(t0, shard.chunk(t0, ...named));
    shard.region.takeUpdate(t0);
    shard.receive(t0, shard.chunk(t0, { timeMs: t0, contentId: 'content-600' }, named[0] ?? {}));
    const { contents } = shard.region.takeUpdate(t0);
    expect(contents.map(([, contentId, counters]) => [contentId, counters[0]])).toEqual([
      [OTHER_KEY, 2],
      ['content-0', 2],
    ]);
    const answer = shard.region.answer(t0).windows[0]?.dimensions.content.at(-1);
    expect(answer?.[0]).toBe(OTHER_KEY);
    expect(answer?.[1]).toEqual(contents[0]?.[2]);
  });

  test('[WIN-7] devices, content types and titles of what changed, absolute, and of nothing else', () => {
    const shard = new Shard();
    const film = { timeMs: t0, contentId: 'film', contentType: 'movie', title: 'Film', deviceType: 'tv' };
    shard.receive(t0, shard.chunk(t0, { timeMs: t0, contentId: 'song', contentType: 'music' }));
    shard.region.track(true);
    shard.receive(t0, shard.chunk(t0, film, { ...film, deviceType: 'phone', title: null }));
    shard.receive(t0, shard.chunk(t0, { timeMs: t0 - minute, contentId: 'film', deviceType: 'tv' }));
    const { devices, contentTypes, titles } = shard.region.takeUpdate(t0);
    const shown = (rows: typeof devices) => rows.map(([at, key, [events]]) => [at, key, events]);
    const now = t0 / minute;
    expect(shown(devices)).toEqual([
      [now, 'tv', 1],
      [now, 'phone', 1],
      [now - 1, 'tv', 1],
    ]);
    expect(shown(contentTypes)).toEqual([[now, 'movie', 2]]);
    expect(titles).toEqual([[now, 'film', 'Film', 'movie']]);
    const none = { panes: [], minutes: [], contents: [], devices: [], contentTypes: [], titles: [] };
    expect(shard.region.takeUpdate(t0)).toMatchObject(none);
  });

  test('[LIV-1, WIN-8] what changed of a window is told though it has died meanwhile, and again if that is lost', () => {
    const shard = new Shard(t0, { identitiesMax: 2 });
    shard.region.track(true);
    const film = { contentId: 'film', title: 'Film', contentType: 'movie', deviceType: 'tv' };
    const before = { ...film, timeMs: t0 - minute };
    shard.receive(t0, shard.chunk(t0, before, { ...film, timeMs: t0 }));
    shard.region.takeUpdate(t0);
    // With its third identity the shard is over its cap: the minute before dies in the call that counts into it.
    shard.receive(t0, shard.chunk(t0, before));
    expect(shard.region.totals.horizonCuts).toBe(1);
    const told = shard.region.takeUpdate(t0);
    const events = ({ minutes }: typeof told) => minutes.map(([at, [count]]) => [at - t0 / minute, count]);
    expect(events(told)).toEqual([[-1, 2]]);
    expect(told.contents.map(([, key, [count]]) => [key, count])).toEqual([['film', 2]]);
    expect(told.titles).toEqual([[t0 / minute - 1, 'film', 'Film', 'movie']]);
    shard.region.updateLost();
    expect(new Map(events(shard.region.takeUpdate(t0)) as [number, number][])).toEqual(
      new Map([
        [-1, 2],
        [0, 1],
      ]),
    );
    expect(shard.region.takeUpdate(t0).minutes).toEqual([]);
  });

  test('[WIN-7] after an update was lost the next one carries every living window', () => {
    const shard = new Shard();
    shard.region.track(true);
    const named = { contentId: 'film', title: 'Film', contentType: 'movie', deviceType: 'tv' };
    shard.receive(t0 + minute, shard.chunk(t0 + minute, { timeMs: t0, ...named }));
    shard.see(t0 + minute, t0, t0 + minute);
    const whole = shard.region.takeUpdate(t0 + minute);
    expect(shard.region.takeUpdate(t0 + minute).panes).toEqual([]);
    shard.region.updateLost();
    expect(shard.region.takeUpdate(t0 + minute)).toEqual(whole);
  });
});
