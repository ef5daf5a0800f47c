import type { LakeRows } from '../../../core/lake/lake-rows.ts';
import { partName } from '../../../core/lake/part-name.ts';
import { savePart } from '../../../storage/part-store.ts';
import { type LoggedEvent, type MadePart, partsOf } from '../../support/logged-events.ts';

/** Lists the parts of the events, cut into `cuts` ranges of the log, and returns the rows of each by name. */
export async function sealed(
  db: D1Database,
  logged: readonly LoggedEvent[],
  regionNumber: number,
  region: string,
  cuts: number,
): Promise<Map<string, readonly LakeRows[]>> {
  const size = Math.ceil(logged.length / 40 / cuts) * 40;
  const parts: MadePart[] = [];
  for (let at = 0; at < logged.length; at += size)
    parts.push(...partsOf(logged.slice(at, at + size), region, 30));
  for (const { address, events } of parts) {
    const times = events.map(({ event }) => event.timeMs);
    await savePart(
      db,
      regionNumber,
      address,
      {
        events: events.length,
        bytes: 1,
        digest: '',
        formatVersion: 1,
        fromMs: Math.min(...times),
        toMs: Math.max(...times),
      },
      0,
    );
  }
  return new Map(parts.map(({ address, groups }) => [partName(address), groups]));
}
