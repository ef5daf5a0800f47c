// LIV-7 at the door of the API, before the real hub: what a socket shows stands in its address.
import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { parseServerFrame } from '../../core/live/server-frame.ts';
import { clientFrameBytesMax } from '../../core/protocol/limits.ts';
import { liveEventsPath, liveSubprotocol } from '../../core/protocol/live.ts';
import type { Problem } from '../../core/protocol/problem.ts';
import { createApp } from '../../workers/api/app.ts';
import { credentialed } from '../workers/test-credentials.ts';
import { accept, commit, region, type Viewer } from './hub-fixture.ts';

const app = createApp({ events: async () => new Response() });
const upgrade = { upgrade: 'websocket', 'sec-websocket-protocol': liveSubprotocol };

async function ask(path: string): Promise<Response> {
  const request = new Request(`http://127.0.0.1:8787${path}`, { headers: upgrade });
  return await app.fetch(credentialed(request), env, createExecutionContext());
}

async function open(query: string): Promise<Viewer> {
  const response = await ask(`/api/live${query}`);
  expect(response.status).toBe(101);
  return accept(response.webSocket);
}

const snapshotsOf = ({ texts }: Viewer) =>
  texts.flatMap((text) => {
    const frame = parseServerFrame(text);
    return frame?.t === 'snapshot' ? [frame] : [];
  });

describe('[LIV-7] a socket', () => {
  it('opened with a breakdown gets one snapshot, which has it, and none for asking the same again', async () => {
    const place = await region(0);
    const viewer = await open(`?breakdown=${place.name}`);
    await viewer.until(() => viewer.state);
    viewer.say({ t: 'subscribe', regions: '*', breakdown: place.name });
    const before = viewer.texts.length;
    await commit(place, 3);
    await viewer.until(() => viewer.texts.length > before);
    expect(snapshotsOf(viewer).map(({ breakdown }) => breakdown?.region)).toEqual([place.name]);
  });

  it('opened with regions shows these alone, and is asked for others by a frame', async () => {
    const [one, two] = [await region(0), await region(1)];
    const viewer = await open(`?regions=${two.name},${one.name}`);
    await viewer.until(() => viewer.state);
    viewer.say({ t: 'subscribe', regions: [two.name] });
    await viewer.until(() => viewer.state?.regions.size === 1);
    const names = snapshotsOf(viewer).map(({ regions }) => Object.keys(regions).sort());
    expect(names).toEqual([[one.name, two.name].sort(), [two.name]]);
  });

  const long = (london: number, paris: number): string =>
    [...Array<string>(london).fill('EU-London'), ...Array<string>(paris).fill('EU-Paris')].join(',');

  it('may name regions at some length', async () => {
    expect(long(407, 3)).toHaveLength(clientFrameBytesMax);
    const viewer = await open(`?regions=${long(407, 3)}`);
    await viewer.until(() => viewer.state);
    expect([...(viewer.state?.regions.keys() ?? [])].sort()).toEqual(['EU-London', 'EU-Paris']);
  });

  it.each([
    ['a strange region', 'regions=EU-Atlantis', 'regions', /^must be names of regions, such as /],
    ['an empty name', 'regions=EU-London,', 'regions', /^must be names of regions, such as /],
    ['no name', 'regions=', 'regions', /^must be names of regions, such as /],
    ['too many names', `regions=${long(408, 2)}`, 'regions', /^has at most 4096 characters$/],
    [
      'a breakdown of a strange region',
      'breakdown=EU-Atlantis',
      'breakdown',
      /^must be \* or the name of a region, such as /,
    ],
    ['a breakdown of no name', 'breakdown=', 'breakdown', /^must be \* or the name of a region, such as /],
    ['two breakdowns', 'breakdown=*&breakdown=*', 'breakdown', /^is given more than once$/],
  ])('opened with %s is refused, as a stream is', async (_, query, parameter, message) => {
    for (const path of ['/api/live', liveEventsPath]) {
      const response = await ask(`${path}?${query}`);
      expect(response.status).toBe(400);
      const { code, errors } = await response.json<Problem>();
      const told = { parameter, message: expect.stringMatching(message) as string };
      expect({ code, errors }).toEqual({ code: 'invalid_parameter', errors: [told] });
    }
  });
});
