// An hour of events as parts of the lake in a persist folder, for what measures or tests the batch layer on it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { getPlatformProxy } from 'wrangler';
import { partName } from '../core/lake/part-name.ts';
import { LakeRowsBuilder } from '../core/lake/rows-builder.ts';
import { decodeChunk, encodeChunk } from '../core/protocol/chunk.ts';
import { encodePart } from '../storage/lake/encode-part.ts';
import { headerOf, playedEvents } from './bench-events.ts';
import type { Database } from './database.ts';
import { projectConfigPath, readWranglerConfig } from './wrangler-config.ts';

export const hourMs = 3_600_000;
const chunkEvents = 500;

interface Bucket {
  put(key: string, value: Uint8Array): Promise<unknown>;
}

export interface MadeLakePart {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Events spread evenly over the hour, in parts of so many, as a shard seals them as they come. */
export async function* hourOfParts(hour: number, events: number, perPart: number, late = 0) {
  const stepMs = (hourMs / events) * chunkEvents;
  const chunks = Math.ceil(events / chunkEvents);
  for (let first = 0; first < chunks; first += perPart / chunkEvents) {
    const last = Math.min(chunks, first + perPart / chunkEvents) - 1;
    yield await partOf(hour, first, last, stepMs, 'counted');
  }
  // What came late: half of it twins of the first events.
  const lateChunks = Math.ceil(late / chunkEvents);
  if (lateChunks > 0) yield await partOf(hour, 0, lateChunks - 1, stepMs, 'late', chunks);
}

async function partOf(
  hour: number,
  firstRow: number,
  lastRow: number,
  stepMs: number,
  kind: 'counted' | 'late',
  rowsBefore = 0,
) {
  const builder = new LakeRowsBuilder();
  let [fromMs, toMs, events] = [Number.POSITIVE_INFINITY, 0, 0];
  for (let row = firstRow; row <= lastRow; row++) {
    const isTwin = kind === 'counted' || row % 2 === 0;
    // A second of traffic, moved to where the row stands in the hour.
    const nowMs = hour * hourMs + Math.floor(row * stepMs) + 1000;
    const played = playedEvents(isTwin ? row : 1_000_000 + row, chunkEvents, nowMs);
    const inHour = played.filter(({ timeMs }) => Math.floor(timeMs / hourMs) === hour);
    for (const { timeMs } of inHour) [fromMs, toMs] = [Math.min(fromMs, timeMs), Math.max(toMs, timeMs)];
    events += inHour.length;
    const chunk = decodeChunk(encodeChunk(headerOf(1, row * chunkEvents, inHour.length, nowMs), inHour));
    builder.add(chunk, Uint32Array.from(inHour.keys()), rowsBefore + row, 0);
  }
  const rows = { firstRow: rowsBefore + firstRow, lastRow: rowsBefore + lastRow };
  const address = { region: 'EU-London', shard: 0, incarnation: 1, ...rows, hour, kind };
  const encoded = await encodePart(builder.finish(), address);
  return { name: partName(address), address, encoded, events, fromMs, toMs };
}

/** Puts the parts into R2 and lists them in D1, of EU-London, while nothing else has the folder open. */
export async function storeParts(
  persistTo: string,
  parts: AsyncIterable<Awaited<ReturnType<typeof partOf>>>,
): Promise<MadeLakePart[]> {
  const { name, compatibility_date, d1_databases, r2_buckets } = readWranglerConfig(projectConfigPath);
  const folder = mkdtempSync(join(tmpdir(), 'marquee-lake-hour-'));
  writeFileSync(
    join(folder, 'wrangler.json'),
    JSON.stringify({ name, compatibility_date, d1_databases, r2_buckets }),
  );
  const proxy = await getPlatformProxy<{ DB: Database; LAKE: Bucket }>({
    configPath: join(folder, 'wrangler.json'),
    persist: { path: join(resolve(persistTo), 'v3') },
  });
  try {
    const { DB, LAKE } = proxy.env;
    const made: MadeLakePart[] = [];
    for await (const part of parts) {
      const { address, encoded } = part;
      await LAKE.put(part.name, encoded.bytes);
      await DB.prepare(
        `INSERT INTO lake_parts SELECT ?1, number, 0, 1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
          FROM regions WHERE name = 'EU-London'`,
      )
        .bind(
          part.name,
          address.firstRow,
          address.lastRow,
          address.hour,
          address.kind,
          part.events,
          encoded.bytes.length,
          encoded.digest,
          encoded.formatVersion,
          part.fromMs,
          part.toMs,
          new Date().toISOString(),
        )
        .run();
      made.push({ name: part.name, bytes: encoded.bytes });
    }
    return made;
  } finally {
    await proxy.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
}
