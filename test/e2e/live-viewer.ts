import { WebSocket } from 'undici';
import { applyFrame, emptyLiveState, type LiveState } from '../../core/live/live-state.ts';
import { liveContentCounterNames, liveCounterNames, type ServerFrame } from '../../core/protocol/live.ts';
import { liveSubprotocol } from '../../core/protocol/version.ts';
import type { Runtime } from '../../tools/runtime.ts';
import { bearerOf } from '../support/local-client.ts';
import type { Count } from './traffic.ts';

/** A viewer over a real socket, as the site is one: reduces frames, acknowledges, resynchronises. */
export class LiveViewer {
  state: LiveState = emptyLiveState;
  readonly #socket: WebSocket;
  readonly #acks: NodeJS.Timeout;

  constructor(runtime: Runtime) {
    this.#socket = new WebSocket(`${runtime.url.replace('http', 'ws')}/api/live`, {
      protocols: liveSubprotocol,
      headers: bearerOf(runtime, 'viewer'),
    });
    this.#socket.addEventListener('open', () => this.#send({ t: 'subscribe', regions: '*', contents: true }));
    this.#socket.addEventListener('message', ({ data }) =>
      this.#take(JSON.parse(String(data)) as ServerFrame),
    );
    this.#acks = setInterval(() => {
      if (this.state.epoch !== '') this.#send({ t: 'ack', seq: this.state.seq });
    }, 500);
  }

  close(): void {
    clearInterval(this.#acks);
    this.#socket.close();
  }

  #take(frame: ServerFrame): void {
    const { state, resync } = applyFrame(this.state, frame);
    this.state = state;
    if (resync) this.#send({ t: 'resync' });
  }

  #send(frame: unknown): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

const typeCounters: Readonly<Record<string, (typeof liveCounterNames)[number]>> = {
  view: 'views',
  pause: 'pauses',
  resume: 'resumes',
  progress: 'progresses',
  complete: 'completes',
  rating: 'ratings',
  download: 'downloads',
  error: 'errors',
};

/** What the picture says, in the form of the naive count; zeros are left out. */
export function countOf(state: LiveState): Count {
  const sums = {
    perRegion: new Map(),
    perContent: new Map(),
    perType: new Map(),
    perMinute: new Map(),
  } as Record<'perRegion' | 'perContent' | 'perType' | 'perMinute', Map<string, number>>;
  const downloads = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, by: number): void => {
    if (by > 0) map.set(key, (map.get(key) ?? 0) + by);
  };
  let total = 0;
  for (const [name, region] of state.regions) {
    for (const [minute, values] of region.minutes) {
      const of = (counter: (typeof liveCounterNames)[number]): number =>
        values[liveCounterNames.indexOf(counter)] ?? 0;
      total += of('events');
      add(sums.perRegion, name, of('events'));
      add(sums.perMinute, new Date(minute * 60_000).toISOString(), of('events'));
      for (const [type, counter] of Object.entries(typeCounters)) add(sums.perType, type, of(counter));
      add(downloads, 'success', of('downloads_succeeded'));
      add(downloads, 'failed', of('downloads_failed'));
      add(downloads, 'slow', of('downloads_slow'));
    }
    for (const contents of region.contents.values()) {
      for (const [contentId, values] of contents) {
        add(sums.perContent, contentId, values[liveContentCounterNames.indexOf('events')] ?? 0);
      }
    }
  }
  return {
    total,
    perRegion: Object.fromEntries(sums.perRegion),
    perContent: Object.fromEntries(sums.perContent),
    perType: Object.fromEntries(sums.perType),
    perMinute: Object.fromEntries(sums.perMinute),
    downloads: Object.fromEntries(downloads),
  };
}
