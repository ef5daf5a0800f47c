// One hour's parts, from files, through the steps of a batch run that hold events: read whole, folded, packed and
// written as text, each step going on from the text of the one before. Prints the memory that it took, as JSON. Run by
// `npm run bench -- batch-memory` with a heap that may not grow beyond what an isolate has.
import { readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { HourFold } from '../core/batch/hour-fold.ts';
import { PartEvents } from '../core/batch/part-events.ts';
import type { LakeRows } from '../core/lake/lake-rows.ts';
import type { PartSource } from '../storage/lake/part-source.ts';
import { readPart } from '../storage/lake/read-part.ts';
import { textsOf, windowsOf } from '../storage/window-text.ts';

const [folder = '', hourText = ''] = process.argv.slice(2);
const partsPerStep = 4;
const shard = { regionNumber: 1, shard: 0 };
const mb = 2 ** 20;
const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});

let peak = 0;
let peakLive = 0;

/** Bytes of JavaScript's heap and of all buffers. */
function held(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function look(): void {
  peak = Math.max(peak, held());
}

/** As R2 gives parts: by ranges, never whole. */
function fileSource(file: string): PartSource {
  const path = join(folder, file);
  const { size } = statSync(path);
  const range = async (from: number, to: number): Promise<Uint8Array> => {
    const handle = await open(path);
    try {
      const bytes = new Uint8Array(to - from);
      await handle.read(bytes, 0, bytes.length, from);
      return bytes;
    } finally {
      await handle.close();
    }
  };
  const tail = async (bytes: number) => ({ bytes: await range(Math.max(0, size - bytes), size), size });
  return { name: decodeURIComponent(file), tail, range };
}

async function eventsOf(file: string): Promise<PartEvents> {
  const groups: LakeRows[] = [];
  for await (const rows of readPart(fileSource(file))) {
    groups.push(rows);
    look();
  }
  return new PartEvents(groups);
}

collect();
const before = held();
const names = readdirSync(folder).sort();
let stored = '[]';
let events = 0;
for (let at = 0; at < names.length; at += partsPerStep) {
  const begun = at === 0 ? undefined : windowsOf(JSON.parse(stored) as Parameters<typeof windowsOf>[0]);
  const fold = new HourFold(shard, Number(hourText), begun);
  for (const name of names.slice(at, at + partsPerStep)) {
    events += fold.add(await eventsOf(name), 1, null);
    look();
  }
  stored = JSON.stringify(textsOf(fold.pack()));
  look();
  collect();
  peakLive = Math.max(peakLive, held());
}
const rounded = (bytes: number): number => Math.round(((bytes - before) / mb) * 10) / 10;
console.log(
  JSON.stringify({
    events,
    peakMb: rounded(peak),
    liveMb: rounded(peakLive),
    baseMb: Math.round(before / mb),
  }),
);
