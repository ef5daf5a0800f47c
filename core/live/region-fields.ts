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
  /** Of the newest row that `words` are known to include; null where an answer had no window. */
  readonly revision: Revision | null;
  /** Whether `words` are of just that row: of an answer, the row is unknown. */
  readonly exact: boolean;
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
  const { revision } = update;
  const held = fields.byShard.get(update.shard);
  if (held && !isNewerUpdate(update, held)) return false;
  return show(fields, { words: update, revision, exact: true }, seq);
}

/**
 * Log rows decide. The shard's clock does where they cannot: it spoke again without a commit, since its viewers change
 * by time alone, or has answered.
 */
function isNewerUpdate({ revision, at }: RegionUpdate, held: Held): boolean {
  if (!held.revision) return at >= held.words.at;
  const order = compareRevisions(revision, held.revision);
  if (order < 0) return false;
  const decided = order > 0 && (held.exact || olderLog(held.revision, revision));
  return decided || at >= held.words.at;
}

/**
 * Takes the fields of an answer unless newer ones are held. An answer names no log row of its own, only those of the
 * windows that it still has, so that within one log the shard's clock decides. In the same ms the update stands: if
 * the answer is the newer, another update follows.
 */
export function applyAnswerFields(fields: RegionFields, answer: RegionAnswer, seq: number): boolean {
  const held = fields.byShard.get(answer.shard);
  const named = answer.windows.reduce<Revision | null>((most, { revision }) => newer(most, revision), null);
  const older = held?.revision && named && olderLog(named, held.revision);
  const newLog = held?.revision && named && olderLog(held.revision, named);
  if (older || (held && !newLog && answer.at <= held.words.at)) return false;
  return show(fields, { words: answer, revision: named, exact: false }, seq);
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
  fields.byShard.set(shard, { ...held, words: own });
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
