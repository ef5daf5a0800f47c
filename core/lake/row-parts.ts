import { openChunk, readColumns } from '../protocol/chunk.ts';
import { ColumnSpace } from '../protocol/column-space.ts';
import { COUNTED, DUPLICATE, type LogRow } from '../window/log-row.ts';
import { hourOf, minuteOf } from '../window/time.ts';
import type { PlannedPart } from './seal-plan.ts';

/** Of one chunk at a time. */
const space = new ColumnSpace();

/** Which parts the events of a log row go to, by a key of its own each, and how many events it holds. */
export function partsOfRow({ chunks }: LogRow): {
  readonly parts: ReadonlyMap<string, PlannedPart>;
  readonly events: number;
} {
  const parts = new Map<string, PlannedPart>();
  let events = 0;
  for (const { bytes, verdicts } of chunks) {
    const open = openChunk(bytes);
    const { header } = open;
    const columns = readColumns(open, space.begin());
    events += header.count;
    let lastKey = Number.NaN;
    for (let i = 0; i < header.count; i++) {
      const verdict = verdicts?.[i] ?? COUNTED;
      if (verdict === DUPLICATE) continue;
      const hour = hourOf(minuteOf(columns.timeMs[i] as number));
      // Events of one kind and hour come in long runs.
      const key = hour * 2 + (verdict === COUNTED ? 0 : 1);
      if (key === lastKey) continue;
      lastKey = key;
      const kind = verdict === COUNTED ? 'counted' : 'late';
      parts.set(`${hour} ${kind}`, { hour, kind });
    }
  }
  return { parts, events };
}

/** By hour, then counted before late. */
export function comparePlanned(a: PlannedPart, b: PlannedPart): number {
  return a.hour - b.hour || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0);
}
