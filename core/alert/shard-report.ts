/** What a shard tells its region's head of its windows, so that rules are judged over all shards together (ALR-3). */
import type { JudgedWindow, NotedMinutes } from './fold.ts';

type Dimension = 'content' | 'device';

/** A window as rules see it, as plain data: it travels. */
export interface PlainWindow {
  readonly minute: number;
  readonly counters: readonly number[];
  /** Empty where no rule judges by them. */
  readonly content: readonly (readonly [string, readonly number[]])[];
  readonly device: readonly (readonly [string, readonly number[]])[];
}

/** What a head wants to know. */
export interface ReportRequest {
  /** It has folded the windows up to this one: it wants those behind. */
  readonly afterMinute: number;
  /** It has judged up to this one: it wants also those that are open again, as one that has woken may find them. */
  readonly judgedMinute: number;
  /** Whether a rule judges contents or devices. */
  readonly byKey: boolean;
}

export interface ShardReport extends NotedMinutes {
  /** Windows (epoch minutes) up to this one are closed ... */
  readonly closedThrough: number;
  /** ... and up to this one take no events any more, whatever becomes of the object: that is stored. */
  readonly deadThrough: number;
  readonly windows: readonly PlainWindow[];
}

export function plainWindow({ minute, counters, keys }: JudgedWindow, byKey: boolean): PlainWindow {
  const listed = (dimension: Dimension) =>
    byKey ? [...keys(dimension)].map(([key, of]) => [key, Array.from(of)] as const) : [];
  return { minute, counters: Array.from(counters), content: listed('content'), device: listed('device') };
}

export function asJudged(plain: PlainWindow): JudgedWindow {
  return { minute: plain.minute, counters: plain.counters, keys: (dimension) => plain[dimension] };
}

/** One window a minute: the sum of those that the shards have. */
export function joinWindows(windows: readonly JudgedWindow[]): JudgedWindow[] {
  const byMinute = Map.groupBy(windows, ({ minute }) => minute);
  return [...byMinute.values()].map((of) => (of.length === 1 ? (of[0] as JudgedWindow) : joined(of)));
}

function joined(windows: readonly JudgedWindow[]): JudgedWindow {
  const { minute } = windows[0] as JudgedWindow;
  return {
    minute,
    counters: sumOf(windows.map(({ counters }) => counters)),
    keys: (dimension) => {
      const pairs = windows.flatMap(({ keys }) => [...keys(dimension)]);
      const byKey = Map.groupBy(pairs, ([key]) => key);
      return [...byKey].map(([key, of]) => [key, sumOf(of.map(([, counters]) => counters))] as const);
    },
  };
}

function sumOf(all: readonly ArrayLike<number>[]): number[] {
  const sum: number[] = [];
  for (const counters of all)
    for (let i = 0; i < counters.length; i++) sum[i] = (sum[i] ?? 0) + (counters[i] as number);
  return sum;
}
