// The picture of the Live view: held against a recount of the events.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import type * as z from 'zod';
import { paneMs, pictureMinutesMax, pictureStepsMax, windowMs } from '../../../core/protocol/limits.ts';
import { type LiveCell, liveCounterIndex } from '../../../core/protocol/live.ts';
import { saveWindows } from '../../../storage/window-store.ts';
import { livePictureRoute } from '../../../workers/api/live-picture.ts';
import { type KeyFilter, type PictureQuery, readPicture } from '../../../workers/api/picture-reader.ts';
import { type ModelEvent, midnight, modelEvents, windowsOf } from '../../storage/packed-windows.ts';
import { ask, problemOf } from './ask.ts';
import { events, fakeSources, regions, windows } from './fake-sources.ts';

const asked: PictureQuery = {
  regions,
  brokenDown: regions,
  range: { fromMinute: midnight, toMinute: midnight + 90 },
  stepMinutes: 1,
  breakdownMinutes: 5,
  filter: null,
  isNow: false,
};
const sources = () => fakeSources(windows.slice(200), windows.slice(0, 210));
const read = (change: Partial<PictureQuery>) => readPicture(sources(), { ...asked, ...change });

const at = (cell: LiveCell, name: keyof typeof liveCounterIndex): number =>
  cell[1 + liveCounterIndex[name]] ?? 0;
const total = (cells: readonly LiveCell[], name: keyof typeof liveCounterIndex): number =>
  cells.reduce((sum, cell) => sum + at(cell, name), 0);
const count = (passes: (event: ModelEvent) => boolean): number => events.filter(passes).length;

describe('[LIV-6] a picture is a recount of its part', () => {
  test.each([1, 15, 60])('cells of %i minutes hold every event of their region once', async (stepMinutes) => {
    const { regions: told } = await read({ stepMinutes });
    for (const { name, number } of regions) {
      const cells = told[name]?.minutes ?? [];
      const own = events.filter(({ regionNumber }) => regionNumber === number);
      expect(total(cells, 'events')).toBe(own.length);
      expect(cells.every(([start = 0]) => start % stepMinutes === 0)).toBe(true);
      const first = own.filter(({ minute }) => minute < midnight + stepMinutes);
      const cell = cells.find(([start]) => start === midnight) ?? [];
      expect(at(cell, 'events')).toBe(first.length);
    }
  });

  test('panes are those of the last 15 minutes', async () => {
    const { regions: told } = await read({});
    const panes = told.R1?.panes ?? [];
    const from = (midnight + 75) * windowMs;
    expect(total(panes, 'events')).toBe(
      count(({ regionNumber, minute }) => regionNumber === 1 && minute >= midnight + 75),
    );
    expect(panes.every(([start = 0]) => start >= from && start % paneMs === 0)).toBe(true);
  });

  const filters: readonly [KeyFilter, (event: ModelEvent) => boolean][] = [
    [{ dimension: 'device', values: ['tv'], isNegated: false }, ({ device }) => device === 'tv'],
    [
      { dimension: 'device', values: ['tv', 'web'], isNegated: true },
      ({ device }) => !['tv', 'web'].includes(device),
    ],
    [
      { dimension: 'content', values: ['mov_1', '42'], isNegated: false },
      ({ content }) => ['mov_1', '42'].includes(content),
    ],
    [
      { dimension: 'content_type', values: ['music'], isNegated: true },
      ({ content_type }) => content_type !== 'music',
    ],
  ];
  test.each(filters)('of %j', async (filter, passes) => {
    const { regions: told } = await read({ filter });
    const cells = Object.values(told).flatMap(({ minutes = [] }) => minutes);
    expect(count(passes)).toBeGreaterThan(50);
    expect(total(cells, 'events')).toBe(count(passes));
    expect(total(cells, 'downloads_failed')).toBe(
      count((event) => passes(event) && event.type === 'download' && event.status === 'failed'),
    );
    expect(
      Object.values(told).every(({ panes, viewers }) => panes?.length === 0 && viewers === undefined),
    ).toBe(true);
  });

  test('what stands beside a filter is told, what it cannot be told by is null', async () => {
    const { breakdown: all } = await read({ breakdownMinutes: 90 });
    expect(all.contents?.length).toBeGreaterThan(3);
    const of = async (dimension: KeyFilter['dimension'], value: string) =>
      (await read({ breakdownMinutes: 90, filter: { dimension, values: [value], isNegated: false } }))
        .breakdown;
    expect(await of('device', 'tv')).toMatchObject({
      contents: null,
      active_contents: null,
      content_types: null,
      devices: all.devices,
    });
    expect(await of('content_type', 'music')).toMatchObject({
      devices: null,
      content_types: all.content_types,
    });
    const one = await of('content', 'mov_1');
    expect(one.contents).toMatchObject([
      { content_id: 'mov_1', rank: 1, events: count(({ content }) => content === 'mov_1') },
    ]);
  });

  test('what is broken down may be less than what has cells', async () => {
    const { breakdown, regions: told } = await read({
      brokenDown: regions.slice(0, 1),
      breakdownMinutes: 90,
    });
    const sum = (breakdown.devices ?? []).reduce((all, { events: own }) => all + own, 0);
    expect(sum).toBe(count(({ regionNumber }) => regionNumber === 1));
    expect(Object.keys(told)).toEqual(['R1', 'R2', 'R3']);
  });

  test('ranks of before are those of as many minutes before', async () => {
    const { breakdown } = await read({ breakdownMinutes: 30 });
    const { breakdown: before } = await read({
      range: { fromMinute: midnight, toMinute: midnight + 60 },
      breakdownMinutes: 30,
    });
    for (const { content_id, rank_before } of breakdown.contents ?? [])
      expect(rank_before).toBe(
        before.contents?.find((other) => other.content_id === content_id)?.rank ?? null,
      );
    expect((await read({ breakdownMinutes: 61 })).breakdown.has_ranks_before).toBe(false);
  });

  test('only a picture of now says who watches', async () => {
    expect((await read({})).regions.R2).not.toHaveProperty('viewers');
    expect((await read({ isNow: true })).regions.R2).toMatchObject({ viewers: 2 });
  });
});

describe('over HTTP', () => {
  const range = 'from=2026-11-21T00:00:00Z&to=2026-11-21T00:03:00Z';
  beforeAll(async () => {
    await saveWindows(env.DB, windowsOf(modelEvents(31, 400).filter(({ shard }) => shard === 0)));
  });

  test.each([
    '',
    '&region=US-Virginia',
    '&region=!US-Virginia',
    '&device_type=tv,web',
    '&content_id=!mov_1',
    '&content_type=music&step=60',
  ])('[API-6, LIV-6] the answer is what its schema says: %s', async (more) => {
    const response = await ask(`/api/live/picture?${range}${more}`);
    expect(response.status).toBe(200);
    (livePictureRoute.doc.answer as z.ZodType).parse(await response.json());
  });

  test.each([
    ['region', '&region=Nowhere'],
    ['breakdown_region', '&breakdown_region=!Nowhere'],
    ['content_type', '&device_type=tv&content_type=music'],
    ['breakdown', '&breakdown=1441'],
    ['device_type', '&device_type=,'],
  ])('%s that cannot be is named', async (parameter, more) => {
    const response = await ask(`/api/live/picture?${range}${more}`);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await problemOf(response))).toContain(parameter);
  });

  test('the longest range and the most cells, and one more', async () => {
    const ends = (minutes: number, step: number) =>
      ask(`/api/live/picture?to=2026-11-21T00:00:00Z&minutes=${minutes}&step=${step}`);
    expect((await ends(pictureMinutesMax, 60)).status).toBe(200);
    expect((await ends(pictureMinutesMax + 1, 60)).status).toBe(400);
    expect((await ends(pictureStepsMax, 1)).status).toBe(200);
    expect((await ends(pictureStepsMax + 1, 1)).status).toBe(400);
  });
});
