// Small runs of some sections, within two minutes: what `npm run fire` does at full size, and with all of them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFire, type FireConfigs } from '../../tools/fire/harness/config.ts';
import { faultsOf } from '../../tools/fire/results.ts';
import { disorder } from '../../tools/fire/sections/deliveries.ts';
import { evictions } from '../../tools/fire/sections/evictions.ts';
import { failpoints } from '../../tools/fire/sections/failpoints.ts';
import { kills } from '../../tools/fire/sections/kills.ts';
import { queueFlaky } from '../../tools/fire/sections/outages.ts';
import type { LotFigures, Section } from '../../tools/fire/sections/section.ts';
import { stockQueue } from '../../tools/fire/sections/stock-queue.ts';

const seed = Number(process.env.E2E_SEED ?? 1);

let work = '';
let configs: FireConfigs;

beforeAll(() => {
  console.log(`E2E_SEED=${seed}`);
  work = mkdtempSync(join(tmpdir(), 'marquee-fire-'));
  configs = buildFire(work);
});

afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

/** What the checker says of so many trials. */
async function shown(section: Section, trials: number, other?: typeof disorder): Promise<LotFigures> {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const context = { work, configs, seed, minutes: 1, say, name: section.name };
  const figures = await section.run(other ? { ...context, disorder: other } : context, trials);
  expect(faultsOf(figures), said.join('\n')).toEqual([]);
  expect(figures.result).toMatchObject({ lost: 0, doubled: 0, deadLettered: 0 });
  expect(figures.result.acknowledged).toBeGreaterThan(0);
  return figures;
}

describe('whatever dies, each acknowledged event counts once, in frames, windows, lake and batch', () => {
  it('[ING-1, LOG-2, DUP-1, DUP-1b, LAK-1, BAT-1] 3 SIGKILLs under traffic', async () => {
    const { result, ms } = await shown(kills, 3);
    expect(ms?.counted).toHaveLength(3);
    expect(result.events).toBeGreaterThan(100);
  });

  it('[LOG-1, LOG-2, LOG-5] killed behind a send, behind a commit and behind an acknowledgement', async () => {
    expect((await shown(failpoints, 3)).trials).toBe(3);
  });

  it('[LOG-1, LOG-2, LOG-4, LIV-3, DUP-1] 20 objects aborted, deliveries twice, ten times, shuffled, unacknowledged', async () => {
    const { counts, result } = await shown(evictions, 20, { ...disorder, delayMsMax: 5_000 });
    expect(Object.values(counts ?? {}).reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(result.deliveries).toBeGreaterThan(1.3 * result.messages);
    expect(result.lostAcks).toBeGreaterThan(0);
  });

  it('[ING-1, LOG-4] a queue that takes some of what it refuses: once', async () => {
    expect((await shown(queueFlaky, 10)).trials).toBeGreaterThanOrEqual(10);
  });

  it('[ING-1] the emulated queue forgets, and producers that send again lose nothing', async () => {
    await shown(stockQueue, 2);
  });
});
