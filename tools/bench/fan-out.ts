// What it takes the runtime to bring a frame to a viewer: two thousand on the product's hub, four frames a second, beside an
// object that sends the same text to as many sockets and does nothing else.

import { Crowd, contentsTold, playRound, type Round, startHub, tellBare, tellHub } from '../bench-crowd.ts';
import { type Bench, middleOf, type Report } from '../bench-report.ts';
import { runtimePid } from '../bench-workerd.ts';

const viewers = 2_000;
const pace = { frames: 20, framesPerSecond: 4 };
const rounds = 7;

async function measure(url: URL, pid: number): Promise<Report> {
  const socketUrl = url.href.replace('http', 'ws');
  const [onHub, bare] = [new Crowd(), new Crowd()];
  await onHub.join(`${socketUrl}hub`, viewers);
  await bare.join(`${socketUrl}bare`, viewers);
  const playHub = async () => await playRound(onHub, pid, pace, () => tellHub(url));
  // What the hub's viewers were told in the round before, one frame after the other: sockets compress, and the same text
  // again and again would cost the floor next to nothing.
  const playBare = async () => {
    const texts = onHub.told.splice(0);
    let n = 0;
    return await playRound(bare, pid, pace, () => tellBare(url, texts[n++ % texts.length] as string));
  };
  await playHub();
  await playBare();
  const [hubs, floors]: [Round[], Round[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    hubs.push(await playHub());
    floors.push(await playBare());
  }
  onHub.leave();
  bare.leave();
  const rowOf = (what: string, of: readonly Round[]) => ({
    what,
    'CPU, µs a frame': middleOf(of.map(({ cpuUsPerFrame }) => cpuUsPerFrame)).measured,
    'B a frame': Math.round(middleOf(of.map(({ bytesPerFrame }) => bytesPerFrame)).measured),
    'frames a second and viewer': middleOf(of.map((one) => one.framesPerSecond)).measured,
  });
  const ratios = hubs.map((hub, n) => (floors[n] as Round).cpuUsPerFrame / hub.cpuUsPerFrame);
  return {
    settings: {
      viewers: `${viewers} on the hub and ${viewers} on the floor, all connected all the time`,
      rounds: `${rounds} of ${pace.frames} frames, in turns, after one of each; each tells ${contentsTold} contents`,
    },
    rows: [rowOf('the hub', hubs), rowOf('floor: a bare broadcast of the same text', floors)],
    targets: [{ what: "frames for the same CPU, of the floor's", ...middleOf(ratios), atLeast: 0.7 }],
  };
}

async function run(): Promise<Report> {
  const miniflare = await startHub();
  try {
    return await measure(await miniflare.ready, runtimePid());
  } finally {
    await miniflare.dispose();
  }
}

const bench: Bench = {
  name: 'fan-out',
  describe:
    'CPU of the runtime for a frame to one of 2,000 viewers of a hub, four a second, beside a bare broadcast of the same text.',
  notes: [
    'Both sockets compress what they send (permessage-deflate, which the runtime does by itself), a third of the CPU of a frame. The floor sends the texts that the hub has sent; while it sent one text again and again, which compresses for next to nothing, the hub seemed to cost twice the floor: [0025](decisions/0025-what-a-frame-costs.md).',
  ],
  run,
};
export default bench;
