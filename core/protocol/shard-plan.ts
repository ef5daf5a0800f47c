/**
 * How many shards a region has: a function of event time, announced before it begins, so that every door, shard and
 * reader says the same of an event whenever it asks (IDN-2b).
 */
import type { RegionEntry } from './region.ts';

/** From an hour of event time on, so many shards; until the next step. */
export interface ShardStep {
  /** Epoch hour. */
  readonly fromHour: number;
  readonly shards: number;
}

/** By hour, ascending. Before the first step, and with none, a region has one shard. */
export type ShardPlan = readonly ShardStep[];

/** Keys hold 256. Each costs rows and a call a reader; as many take 190,000 events/s of one region (docs/scaling.md). */
export const shardsMax = 64;

/** Steps of a plan, past ones too: where the events of a time are is asked for as long as they are kept. */
export const shardStepsMax = 500;

const hourMs = 3_600_000;

/**
 * A step is announced so long before its hour. A door believes the registry for 60 s, and without D1 for as long as it
 * believes keys, 15 minutes more, behind which it answers 503; it takes events that are 5 minutes ahead of it. That is
 * 21 minutes, whatever happens.
 */
const shardNoticeMs = 2 * hourMs;

/** The first hour (epoch hour) that a step which is announced now may begin with. */
export const earliestShardHour = (nowMs: number): number => Math.ceil((nowMs + shardNoticeMs) / hourMs);

/** Shards that take the events of a time, ms. */
export function shardsAt(plan: ShardPlan | undefined, timeMs: number): number {
  let shards = 1;
  if (!plan || plan.length === 0) return shards;
  const hour = Math.floor(timeMs / hourMs);
  for (const step of plan) if (step.fromHour <= hour) shards = step.shards;
  return shards;
}

/** Shards that may hold something of a region: the most that it has or will have. */
export function shardsEver({ shardPlan = [] }: Pick<RegionEntry, 'shardPlan'>): number {
  return shardPlan.reduce((most, { shards }) => Math.max(most, shards), 1);
}

/** Every shard of the regions that may hold something. */
export function shardsOf(
  regions: readonly Pick<RegionEntry, 'number' | 'shardPlan'>[],
): { readonly regionNumber: number; readonly shard: number }[] {
  return regions.flatMap((region) =>
    Array.from({ length: shardsEver(region) }, (_, shard) => ({ regionNumber: region.number, shard })),
  );
}

/** The plan with a step more, in the place of those that were announced for later hours. */
export function withShardStep(plan: ShardPlan, step: ShardStep): ShardPlan {
  const before = plan.filter(({ fromHour }) => fromHour < step.fromHour);
  return (before.at(-1)?.shards ?? 1) === step.shards ? before : [...before, step];
}

export const shardPlanText = (plan: ShardPlan): string =>
  JSON.stringify(plan.map(({ fromHour, shards }) => [fromHour, shards]));

/** What D1 holds of it: JSON, [[from hour, shards], ...]. Null where it is no plan. */
export function readShardPlan(text: string): ShardPlan | null {
  let steps: unknown = null;
  try {
    steps = JSON.parse(text);
  } catch {
    return null;
  }
  if (!Array.isArray(steps)) return null;
  const plan = steps.map((step: unknown) => {
    const [fromHour, shards] = Array.isArray(step) ? (step as readonly unknown[]) : [];
    return { fromHour, shards };
  });
  return plan.every((step, at) => isStep(step) && isBehind(step, plan[at - 1])) ? (plan as ShardPlan) : null;
}

function isStep(step: { readonly fromHour: unknown; readonly shards: unknown }): step is ShardStep {
  const { fromHour, shards } = step;
  if (!Number.isInteger(fromHour) || !Number.isInteger(shards)) return false;
  return (shards as number) >= 1 && (shards as number) <= shardsMax;
}

const isBehind = (step: ShardStep, before: unknown): boolean =>
  before === undefined || (before as ShardStep).fromHour < step.fromHour;
