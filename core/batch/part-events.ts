import type { LakeRows } from '../lake/lake-rows.ts';

type Visit = (group: number, i: number, rank: number) => void;

/** All events of one part. A part is sorted for pruning; what counts them walks it in the order of the log. */
export class PartEvents {
  /** As the part holds them, one a row group. */
  readonly groups: readonly LakeRows[];
  readonly count: number;

  constructor(groups: readonly LakeRows[]) {
    this.groups = groups;
    this.count = groups.reduce((sum, { count }) => sum + count, 0);
  }

  /** Visits event `i` of `groups[group]`, for every event in log order; `rank` is its place in that order. */
  inLogOrder(visit: Visit): void {
    const groups = this.groups.map((_, group) => group);
    const byRow = groups.sort((a, b) => this.#firstRow(a) - this.#firstRow(b));
    let rank = 0;
    if (this.#areApart(byRow)) {
      for (const group of byRow) {
        for (const i of orderOf(this.groups[group] as LakeRows)) visit(group, i, rank++);
      }
      return;
    }
    const places = byRow.flatMap((group) =>
      Array.from({ length: this.groups[group]?.count ?? 0 }, (_, i): [number, number] => [group, i]),
    );
    places.sort(([a, i], [b, j]) =>
      compareEvents(this.groups[a] as LakeRows, i, this.groups[b] as LakeRows, j),
    );
    for (const [group, i] of places) visit(group, i, rank++);
  }

  #firstRow(group: number): number {
    return this.groups[group]?.logRow.reduce((least, row) => Math.min(least, row)) ?? 0;
  }

  /** Whether each group's log rows lie behind those of the one before. */
  #areApart(ordered: readonly number[]): boolean {
    let before = Number.NEGATIVE_INFINITY;
    for (const group of ordered) {
      if (this.#firstRow(group) <= before) return false;
      before = this.groups[group]?.logRow.reduce((greatest, row) => Math.max(greatest, row)) ?? before;
    }
    return true;
  }
}

/** Indices of the events in log order. */
function orderOf(rows: LakeRows): Uint32Array {
  const order = Uint32Array.from({ length: rows.count }, (_, i) => i);
  for (let i = 1; i < rows.count; i++) {
    if (compareEvents(rows, i - 1, rows, i) > 0) return order.sort((a, b) => compareEvents(rows, a, rows, b));
  }
  return order;
}

function compareEvents(a: LakeRows, i: number, b: LakeRows, j: number): number {
  const byRow = (a.logRow[i] as number) - (b.logRow[j] as number);
  return byRow === 0 ? (a.index[i] as number) - (b.index[j] as number) : byRow;
}
