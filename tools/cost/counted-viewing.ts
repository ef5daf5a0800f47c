// What one who watches costs: a socket with all regions, as the site opens it, while a POST of all regions comes each
// second. The clock flows, since the hub keeps its pace by timers.
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'undici';
import { ackEveryMs } from '../../core/protocol/limits.ts';
import { liveSubprotocol } from '../../core/protocol/version.ts';
import type { CountedWorld } from './counted-world.ts';
import { addCounts, type Counts } from './counts.ts';
import { eventsOfStep } from './viewing.ts';

/** Opens the Live view's socket; closes it in the end. */
export async function whileWatching<T>(world: CountedWorld, act: () => Promise<T>): Promise<T> {
  const { url, credentials } = world.runtime;
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/live`, {
    protocols: liveSubprotocol,
    headers: { authorization: `Bearer ${credentials.viewer_token}` },
  });
  let seq = 0;
  const opened = new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const first = new Promise((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      seq = (JSON.parse(String(data)) as { readonly seq?: number }).seq ?? seq;
      resolve(seq);
    });
  });
  await opened;
  socket.send(JSON.stringify({ t: 'subscribe', regions: '*', contents: true }));
  await first;
  const acks = setInterval(() => socket.send(JSON.stringify({ t: 'ack', seq })), ackEveryMs);
  try {
    return await act();
  } finally {
    clearInterval(acks);
    const closed = new Promise((resolve) => {
      socket.addEventListener('close', resolve);
    });
    socket.close();
    await closed;
  }
}

/** Of the hub and for it; what the events themselves cost is not in it. Of so many seconds, a POST a second. */
export async function countViewing(world: CountedWorld, seconds: number): Promise<Counts> {
  await world.setClock(world.nowMs, true);
  await world.take();
  const fromMs = world.nowMs;
  const startedAt = performance.now();
  const counts = await whileWatching(world, async () => {
    const taken: Counts[] = [];
    for (let step = 0; step < seconds; step++) {
      const atMs = fromMs + Math.round(performance.now() - startedAt);
      await world.setClock(atMs, true);
      await world.post(eventsOfStep(step, 100, atMs));
      await sleep(Math.max(0, startedAt + (step + 1) * 1000 - performance.now()));
      taken.push(await world.take());
    }
    return addCounts(...taken);
  });
  await world.setClock(fromMs + Math.round(performance.now() - startedAt));
  return Object.fromEntries(
    Object.entries(counts).filter(([name]) => /LiveHub|RegionWindow\.lease/.test(name)),
  );
}
