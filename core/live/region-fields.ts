/**
 * What a region says of itself beside its cells: absolute values, over its shards summed (viewers), the least
 * (watermark) or the greatest (times of the newest event). Each bears the seq at which it last changed.
 */
import type { RegionAnswer, RegionUpdate } from '../window/region-answer.ts';
import { compareRevisions, type Revision } from '../window/revision.ts';

export const regionFieldNames = ['viewers', 'watermark', 'last_event_at', 'last_received_at'] as const;
export type RegionFieldName = (typeof regionFieldNames)[number];

/** What updates and answers have in common. */
type Words = Pick<
  RegionAnswer & RegionUpdate,
  'shard' | 'at' | 'viewers' | 'watermark' | 'lastEventAt' | 'lastReceivedAt'
>;

interface Held {
  readonly words: Words;
  /** Newest revision heard of from the shard; null while it has only answered with no window. */
  readonly revision: Revision | null;
}

export interface RegionFields {
  readonly byShard: Map<number, Held>;
  /** Absent until a shard has spoken. */
  readonly shown: Map<RegionFieldName, { readonly value: number | null; readonly seq: number }>;
}

export function newRegionFields(): RegionFields {
  return { byShard: new Map(), shown: new Map() };
}

/** Takes the fields of an update unless newer ones are held; true when what is shown changed. */
export function applyUpdateFields(fields: RegionFields, update: RegionUpdate, seq: number): boolean {
  const held = fields.byShard.get(update.shard);
  const order = held?.revision ? compareRevisions(update.revision, held.revision) : 1;
  // Equal rows: the shard spoke again without a commit (its viewers change by time alone), and its clock decides.
  if (held && (order < 0 || (order === 0 && update.at < held.words.at))) return false;
  return show(fields, { words: update, revision: update.revision }, seq);
}

/**
 * Takes the fields of an answer. An answer names no log row of its own, only those of the windows it still holds, so
 * that within one log the shard's clock decides.
 */
export function applyAnswerFields(fields: RegionFields, answer: RegionAnswer, seq: number): boolean {
  const held = fields.byShard.get(answer.shard);
  const named = answer.windows.reduce<Revision | null>((most, { revision }) => newer(most, revision), null);
  if (held?.revision && named && olderLog(named, held.revision)) return false;
  const sameLog = !named || !held?.revision || !olderLog(held.revision, named);
  if (held && sameLog && answer.at < held.words.at) return false;
  return show(fields, { words: answer, revision: newer(held?.revision ?? null, named) }, seq);
}

function olderLog(a: Revision, b: Revision): boolean {
  return compareRevisions({ ...a, logRow: 0 }, { ...b, logRow: 0 }) < 0;
}

function newer(a: Revision | null, b: Revision | null): Revision | null {
  if (!a || !b) return a ?? b;
  return compareRevisions(a, b) < 0 ? b : a;
}

function show(fields: RegionFields, held: Held, seq: number): boolean {
  // Copied by name: an update or answer kept whole would keep all its cells in memory.
  const { shard, at, viewers, watermark, lastEventAt, lastReceivedAt } = held.words;
  const own = { shard, at, viewers, watermark, lastEventAt, lastReceivedAt };
  fields.byShard.set(shard, { words: own, revision: held.revision });
  const words = [...fields.byShard.values()].map((said) => said.words);
  const values: Readonly<Record<RegionFieldName, number | null>> = {
    viewers: words.reduce((sum, said) => sum + said.viewers, 0),
    watermark: Math.min(...words.map((said) => said.watermark)),
    last_event_at: greatest(words.map((said) => said.lastEventAt)),
    last_received_at: greatest(words.map((said) => said.lastReceivedAt)),
  };
  const changed = regionFieldNames.filter((name) => fields.shown.get(name)?.value !== values[name]);
  for (const name of changed) fields.shown.set(name, { value: values[name], seq });
  return changed.length > 0;
}

function greatest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length === 0 ? null : Math.max(...known);
}
