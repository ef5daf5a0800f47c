/** Finds the twins among what came too late, a slice of all identities at a time (DUP-1b). */
import type { SuspectPlan } from '../../core/batch/hour-plan.ts';
import { PartEvents } from '../../core/batch/part-events.ts';
import { OTHER_SLICE, TwinFinder } from '../../core/batch/twin-finder.ts';
import type { LakeRows } from '../../core/lake/lake-rows.ts';
import { assert } from '../../core/protocol/assert.ts';
import type { ListedPart } from '../../storage/part-store.ts';
import type { StoredPlan } from './hour-run.ts';
import type { BatchPorts } from './ports.ts';

interface Slice {
  /** Place in the plan's list of shards with suspects. */
  readonly shardAt: number;
  readonly slice: number;
}

const identities = ['identity'] as const;
const identitiesInOrder = ['identity', 'logRow', 'index'] as const;

/**
 * Name of what a step keeps: that of the parts it was made of is in it. A step that was given up may end long behind its
 * time, when its run has begun anew over more parts; it overwrites nothing of theirs then.
 */
export const ofPlan = ({ partsDigest }: StoredPlan, name: string): string =>
  `${partsDigest.slice(0, 16)}/${name}`;

const metName = (plan: StoredPlan, { shardAt, slice }: Slice, scan: number): string =>
  ofPlan(plan, `met-${shardAt}-${slice}-${scan}`);

/** Streams a group of counted parts past the suspects and keeps which of these it met. */
export async function scanForTwins(
  ports: BatchPorts,
  plan: StoredPlan,
  at: Slice & { readonly scan: number },
): Promise<void> {
  const { finder, suspects } = await finderOf(ports, plan, at);
  for (const place of suspects.scans[at.scan] ?? []) {
    for await (const rows of ports.readPart(partAt(plan, place).name, identities)) finder.addCounted(rows);
  }
  await ports.work.saveBytes(metName(plan, at, at.scan), new Uint8Array(finder.met().buffer));
}

/** Judges the suspects of a slice in the order in which they count, and keeps a mark for each. */
export async function findTwins(ports: BatchPorts, plan: StoredPlan, at: Slice): Promise<void> {
  const { finder, suspects } = await finderOf(ports, plan, at, false);
  for (const scan of suspects.scans.keys()) {
    const bytes = await ports.work.loadBytes(metName(plan, at, scan));
    assert(bytes !== null, `what scan ${scan} met is gone`);
    finder.takeMet(new Uint32Array(bytes.buffer));
  }
  for (const place of suspects.suspects) {
    const part = partAt(plan, place);
    const groups: LakeRows[] = [];
    for await (const rows of ports.readPart(part.name, identitiesInOrder)) groups.push(rows);
    await ports.work.saveBytes(marksName(plan, place, at.slice), finder.judge(new PartEvents(groups)));
  }
}

/** Marks of a part whose events are suspects, by their rank in log order: each slice has marked its own. */
export async function marksOf({ work }: BatchPorts, plan: StoredPlan, place: number): Promise<Uint8Array> {
  const suspects = plan.suspects.find((shard) => shard.suspects.includes(place));
  const marks = new Uint8Array(partAt(plan, place).events);
  for (let slice = 0; slice < (suspects?.slices ?? 0); slice++) {
    const own = await work.loadBytes(marksName(plan, place, slice));
    assert(own?.length === marks.length, `marks of part ${place}`);
    for (const [rank, mark] of own.entries()) if (mark !== OTHER_SLICE) marks[rank] = mark;
  }
  return marks;
}

const marksName = (plan: StoredPlan, place: number, slice: number): string =>
  ofPlan(plan, `marks-${place}-${slice}`);

async function finderOf(
  ports: BatchPorts,
  plan: StoredPlan,
  { shardAt, slice }: Slice,
  withSuspects = true,
): Promise<{ readonly finder: TwinFinder; readonly suspects: SuspectPlan }> {
  const suspects = plan.suspects[shardAt];
  assert(suspects !== undefined, `suspects ${shardAt}`);
  const finder = new TwinFinder({ index: slice, of: suspects.slices });
  for (const place of withSuspects ? suspects.suspects : []) {
    for await (const rows of ports.readPart(partAt(plan, place).name, identities)) finder.addSuspects(rows);
  }
  return { finder, suspects };
}

function partAt(plan: StoredPlan, place: number): ListedPart {
  const ordered = plan.parts[place];
  assert(ordered !== undefined, `part ${place} of the plan`);
  return ordered.part;
}
