import { errorFields } from '../../core/protocol/log-line.ts';
import { type RegionEntry, shardsPerRegion } from '../../core/protocol/region.ts';
import { newestWindows } from '../../core/window/newest-windows.ts';
import type { PackedWindow } from '../../core/window/packed-window.ts';
import type { RegionAnswer } from '../../core/window/region-answer.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import type { PackedHour } from '../../storage/hour-store.ts';
import type { WindowPanes, WindowTotals } from '../../storage/window-store.ts';
import type { MinuteRange } from './parameters.ts';
import { logForRequest } from './request-scope.ts';

/** Where answers come from: the region shards, for what they hold now, and D1. Bound to the platform in sources.ts. */
export interface Sources {
  readonly live: (address: ShardAddress, fromMinute: number) => Promise<RegionAnswer>;
  readonly totals: Stored<WindowTotals>;
  readonly panes: Stored<WindowPanes>;
  readonly windows: Stored<PackedWindow>;
  readonly hours: (
    shards: readonly ShardAddress[],
    fromHour: number,
    toHour: number,
  ) => Promise<PackedHour[]>;
}

type Stored<T> = (shards: readonly ShardAddress[], range: MinuteRange) => Promise<T[]>;

/** What is known about a range of some regions. */
export interface RangeState<T extends WindowTotals> {
  readonly range: MinuteRange;
  readonly regions: readonly RegionEntry[];
  /** One state a window, the newest of any source; whole where the shard told it, else totals. */
  readonly windows: readonly (T | PackedWindow)[];
  /** Of the shards that answered. Their windows may lie outside of the range, up to now. */
  readonly answers: readonly RegionAnswer[];
  /** Shards that did not answer, in words. */
  readonly warnings: readonly string[];
}

/** A shard that takes longer is taken for one that does not answer: a late picture is no live picture. */
const answerMsMax = 3_000;

/**
 * Asks every shard of the regions and D1 at the same time, and takes the newest state of each window (WIN-7). A shard
 * that does not answer costs what D1 does not have yet, and a warning; `live` windows begin at liveFromMinute.
 */
export async function readRange<T extends WindowTotals>(
  sources: Sources,
  regions: readonly RegionEntry[],
  range: MinuteRange,
  options: {
    readonly stored: Stored<T>;
    readonly liveFromMinute?: number;
  },
): Promise<RangeState<T>> {
  const shards = regions.flatMap(({ number }) =>
    Array.from({ length: shardsPerRegion }, (_, shard) => ({ regionNumber: number, shard })),
  );
  const fromMinute = Math.min(range.fromMinute, options.liveFromMinute ?? range.fromMinute);
  const [answers, stored] = await Promise.all([
    Promise.all(shards.map((address) => liveOrNull(sources, address, fromMinute))),
    options.stored(shards, range),
  ]);
  const answered = answers.filter((answer) => answer !== null);
  const held = answered.flatMap((answer) => answer.windows).filter(({ minute }) => isIn(range, minute));
  const names = new Map(regions.map(({ number, name }) => [number, name]));
  return {
    range,
    regions,
    windows: newestWindows<T | PackedWindow>([...held, ...stored]),
    answers: answered,
    warnings: shards
      .filter((_, index) => answers[index] === null)
      .map(
        (address) => `${names.get(address.regionNumber)} does not answer: what is not stored yet is missing`,
      ),
  };
}

function isIn({ fromMinute, toMinute }: MinuteRange, minute: number): boolean {
  return minute >= fromMinute && minute < toMinute;
}

async function liveOrNull(
  sources: Sources,
  address: ShardAddress,
  fromMinute: number,
): Promise<RegionAnswer | null> {
  let timer: ReturnType<typeof setTimeout> | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${answerMsMax} ms`)), answerMsMax);
  });
  try {
    return await Promise.race([sources.live(address, fromMinute), late]);
  } catch (error) {
    logForRequest('warn', 'region_unanswered', { ...address, ...errorFields(error) });
    return null;
  } finally {
    clearTimeout(timer);
  }
}

export function isWhole(window: WindowTotals | PackedWindow): window is PackedWindow {
  return 'dimensions' in window;
}
