import { beforeAll, describe, expect, test, vi } from 'vitest';
import { windowMs } from '../../core/protocol/limits.ts';
import { downloadsPerBlock } from '../../tools/producer/downloads.ts';
import type { ProducedEvent } from '../../tools/producer/event.ts';
import { trafficRegions } from '../../tools/producer/regions.ts';
import { sessionMsMax } from '../../tools/producer/session.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import { read, textFiles } from '../house/source.ts';

// Making traffic takes processor time, of which a busy machine gives little.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// Not on a minute, nor on a second.
const from = Date.UTC(2026, 10, 20, 18, 30, 17, 345);
const options = { seed: 7, rate: 60 };
const hour = 3_600_000;

let events: ProducedEvent[] = [];

function groups(by: (event: ProducedEvent) => string, of = events): Map<string, ProducedEvent[]> {
  return Map.groupBy(of, by);
}

beforeAll(() => {
  events = new Traffic(options, from).take(from + hour);
});

describe('traffic is a function of its options and the time', () => {
  test('again the same, and in whatever pieces', () => {
    const traffic = new Traffic(options, from);
    const pieces: ProducedEvent[] = [];
    for (const step of [1, 20, 200, 999, 1000, 1001, 61_000, 5, 0, 300_000])
      pieces.push(...traffic.take(traffic.takenTo + step));
    expect(pieces.length).toBeGreaterThan(10_000);
    expect(pieces).toEqual(events.slice(0, pieces.length));
    expect(events[pieces.length]?.timestamp).toBeGreaterThanOrEqual(traffic.takenTo);
  });

  test('a producer that begins later goes on with the same events', () => {
    const later = from + 1_234_567;
    const rest = new Traffic(options, later).take(later + 600_000);
    const wanted = events.filter(({ timestamp }) => timestamp >= later && timestamp < later + 600_000);
    expect(rest).toEqual(wanted);
  });

  test.each([{ seed: 8 }, { rate: 61 }, { swing: 0.2 }])('other with %o, without a shared id', (other) => {
    const others = new Traffic({ ...options, ...other }, from).take(from + 60_000);
    const ids = new Set(events.map(({ event_id }) => event_id));
    expect(others.length).toBeGreaterThan(1_000);
    expect(others.filter(({ event_id }) => ids.has(event_id))).toEqual([]);
  });

  test('events come in order of time, within the asked span, each with an id of its own', () => {
    expect(events.every(({ timestamp }) => timestamp >= from && timestamp < from + hour)).toBe(true);
    expect(events.every((event, n) => n === 0 || event.timestamp >= (events[n - 1]?.timestamp ?? 0))).toBe(
      true,
    );
    expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(events.length);
  });

  test('the rate is kept: exactly enough when flat, and on the mean of a day otherwise', () => {
    const flat = new Traffic({ seed: 1, rate: 100, swing: 0 }, from).take(from + 600_000);
    expect(flat.length / 600).toBeGreaterThan(95);
    expect(flat.length / 600).toBeLessThan(105);
    const day = new Traffic({ seed: 1, rate: 2 }, from).take(from + 24 * hour);
    expect(day.length / 86_400).toBeGreaterThan(1.9);
    expect(day.length / 86_400).toBeLessThan(2.1);
    const perHour = [...Map.groupBy(day, ({ timestamp }) => Math.floor((timestamp - from) / hour)).values()];
    const sizes = perHour.map(({ length }) => length);
    expect(Math.max(...sizes) / Math.min(...sizes)).toBeGreaterThan(1.2);
  });
});

describe('the world that the traffic comes from', () => {
  test('the regions are those of the registry', () => {
    const migrations = textFiles('migrations')
      .filter((path) => path.endsWith('.sql'))
      .map(read);
    const inserted = migrations
      .join('\n')
      .matchAll(/^\s*\(\d+, '([\w-]+)', '[\w ]+', -?[\d.]+, -?[\d.]+\)/gm);
    const names = [...inserted].map(([, name]) => String(name));
    expect(trafficRegions.map(({ name }) => name).sort()).toEqual(names.sort());
  });

  test('all regions send, the weightier ones more', () => {
    const counts = new Map([...groups(({ region }) => region)].map(([name, { length }]) => [name, length]));
    expect([...counts.keys()].sort()).toEqual(trafficRegions.map(({ name }) => name).sort());
    expect(counts.get('US-Virginia')).toBeGreaterThan((counts.get('AF-Johannesburg') ?? 0) * 3);
  });

  test('few titles are watched much, many a little, and fewer than a window holds', () => {
    const views = groups(
      ({ content_id }) => content_id,
      events.filter(({ event_type }) => event_type === 'view'),
    );
    const sizes = [...views.values()].map(({ length }) => length).sort((a, b) => b - a);
    const top = sizes.slice(0, 20).reduce((sum, size) => sum + size, 0);
    expect(top / sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(0.25);
    expect(sizes.length).toBeGreaterThan(150);
    expect(groups(({ content_id }) => content_id).size).toBeLessThan(512);
  });

  test('regions left out leave the others their own users, and send nothing', () => {
    const regions = trafficRegions.filter(({ name }) => name !== 'AF-Johannesburg');
    const some = new Traffic({ ...options, regions }, from).take(from + 120_000);
    expect(some.some(({ region }) => region === 'AF-Johannesburg')).toBe(false);
    expect(some.length).toBeGreaterThan(5_000);
  });
});

describe('a session', () => {
  const watching = () =>
    [...groups(({ session_id }) => session_id).values()].filter(([first]) => first?.event_type === 'view');

  test('begins with a view, ends in time, stays with one user and region', () => {
    expect(watching().length).toBeGreaterThan(5_000);
    for (const session of watching()) {
      expect(new Set(session.map(({ user_id, region }) => `${user_id} ${region}`)).size).toBe(1);
      expect((session.at(-1)?.timestamp ?? 0) - (session[0]?.timestamp ?? 0)).toBeLessThan(sessionMsMax);
    }
  });

  test('goes on only after a pause, rates only what it has seen through, and says nothing after an error', () => {
    const allowed: Readonly<Record<string, readonly string[]>> = {
      view: ['progress', 'pause', 'complete', 'error'],
      progress: ['progress', 'pause', 'complete', 'error'],
      pause: ['resume'],
      resume: ['progress', 'pause', 'complete', 'error'],
      complete: ['rating', 'view'],
      rating: ['view'],
      error: [],
    };
    const wrong = watching().flatMap((session) =>
      session.flatMap(({ event_type }, n) => {
        const next = session[n + 1]?.event_type;
        return next === undefined || allowed[event_type]?.includes(next) ? [] : [`${event_type}, ${next}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  test('durations add up to the time that passed, less pauses', () => {
    for (const session of watching()) {
      for (const [n, event] of session.entries()) {
        const before = session[n - 1];
        if (event.duration === undefined || before === undefined) continue;
        expect(event.duration * 1000).toBeCloseTo(event.timestamp - before.timestamp, 3);
      }
      const silent = session.filter(({ event_type }) => /^(view|resume|rating|error)$/.test(event_type));
      expect(silent.every(({ duration }) => duration === undefined)).toBe(true);
    }
  });
});

describe('downloads: 90 in 100 succeed, 8 fail, 2 are slow, evenly in each region', () => {
  const perRegion = () => [
    ...groups(
      ({ region }) => region,
      events.filter(({ event_type }) => event_type === 'download'),
    ).values(),
  ];
  const count = (downloads: readonly ProducedEvent[], status: string) =>
    downloads.filter((download) => download.status === status).length;

  test('any 100 in a row hold 8 failures and 2 slow ones; no 20 hold more than 2 failures', () => {
    for (const downloads of perRegion()) {
      expect(downloads.length).toBeGreaterThan(200);
      for (let n = 0; n + 100 <= downloads.length; n++) {
        const run = downloads.slice(n, n + 100);
        expect([count(run, 'failed'), count(run, 'slow'), count(run, 'success')]).toEqual([8, 2, 90]);
        expect(count(run.slice(0, 20), 'failed')).toBeLessThanOrEqual(2);
      }
    }
  });

  test('any whole window has exactly 8 %, and what is seen of a cut one, from 20 on, at most 10 %', () => {
    for (const downloads of perRegion()) {
      const windows = Map.groupBy(downloads, ({ timestamp }) => Math.floor(timestamp / windowMs));
      for (const [minute, window] of windows) {
        const isWhole = minute * windowMs >= from && (minute + 1) * windowMs <= from + hour;
        if (!isWhole) continue;
        expect(window.length % downloadsPerBlock).toBe(0);
        expect(count(window, 'failed') / window.length).toBe(0.08);
        for (let n = 20; n < window.length; n++) {
          expect(count(window.slice(0, n), 'failed') / n).toBeLessThanOrEqual(0.1);
          expect(count(window.slice(-n), 'failed') / n).toBeLessThanOrEqual(0.1);
        }
      }
    }
  });
});
