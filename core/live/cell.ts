/**
 * One number row of the live picture: a pane, a minute, or a content, device or content type in a minute, of one
 * region. Its shards are held apart, each with the revision it is of (DUP-2), and shown as their sum.
 */
import { compareRevisions, type Revision } from '../window/revision.ts';

/** Kinds of which a minute has many, by key. */
export type KeyedKind = 'content' | 'device' | 'content_type';
export type CellKind = 'pane' | 'minute' | KeyedKind;

/** What is known of a content beside its numbers. */
export type Label = readonly [title: string | null, contentType: string | null];

interface Part {
  readonly revision: Revision;
  readonly values: readonly number[];
  readonly label: Label | undefined;
}

export interface Cell {
  readonly regionNumber: number;
  readonly kind: CellKind;
  /** ms for a pane, EpochMinute for the others. */
  readonly start: number;
  /** The content, device or content type; empty for panes and minutes. */
  readonly key: string;
  /** The hub's seq at which `values` last changed. */
  seq: number;
  /** Sum of the shards. */
  values: readonly number[];
  /** By shard. */
  readonly parts: (Part | undefined)[];
}

export function newCell(regionNumber: number, kind: CellKind, start: number, key = ''): Cell {
  return { regionNumber, kind, start, key, seq: 0, values: [], parts: [] };
}

/** Lays a shard's absolute values over the cell unless it holds newer ones; true when what is shown changed. */
export function overwrite(
  cell: Cell,
  shard: number,
  revision: Revision,
  values: readonly number[],
  label?: Label,
): boolean {
  const held = cell.parts[shard];
  if (held && compareRevisions(revision, held.revision) < 0) return false;
  cell.parts[shard] = { revision, values, label };
  const shown = sumOf(cell.parts, values);
  const changed = shown.length !== cell.values.length || shown.some((value, i) => value !== cell.values[i]);
  cell.values = shown;
  return changed || held?.label?.[0] !== label?.[0] || held?.label?.[1] !== label?.[1];
}

/** `only` is returned as it is where there is one shard, which is the rule. */
function sumOf(parts: Cell['parts'], only: readonly number[]): readonly number[] {
  const held = parts.filter((part) => part !== undefined);
  if (held.length === 1) return only;
  return only.map((_, i) => held.reduce((sum, part) => sum + (part.values[i] ?? 0), 0));
}
