// How much memory the steps of a batch run need: an hour of a million events, with a heap that may not grow beyond that
// of an isolate. In Node, whose heap can be capped and read; the local runtime caps none and tells none.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench, Report } from '../bench-report.ts';
import { root } from '../bootstrap.mjs';
import { hourOfParts } from '../lake-hour.ts';

const events = 1_000_000;
const eventsPerPart = 50_000;
const heapMb = 96;
const isolateMb = 128;
const hour = 500_000;

interface Measured {
  readonly events: number;
  readonly peakMb: number;
  readonly liveMb: number;
  readonly baseMb: number;
}

async function run(): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-fold-memory-'));
  try {
    for await (const { name, encoded } of hourOfParts(hour, events, eventsPerPart))
      writeFileSync(join(folder, encodeURIComponent(name)), encoded.bytes);
    const flags = ['--expose-gc', `--max-old-space-size=${heapMb}`];
    const script = join(root, 'tools/fold-memory.ts');
    const output = execFileSync(process.execPath, [...flags, script, folder, String(hour)], {
      encoding: 'utf8',
    });
    const { events: counted, peakMb, liveMb, baseMb } = JSON.parse(output) as Measured;
    return {
      settings: {
        events: counted,
        parts: `of ${eventsPerPart} events, four a step`,
        measured:
          'heap and all buffers of Node above those at the start, looked at after each row group and part',
        heap: `--max-old-space-size=${heapMb}: a run that needs more ends`,
      },
      rows: [
        { what: 'at most, garbage included, MB', memory: peakMb },
        { what: 'at most between two steps, without garbage, MB', memory: liveMb },
        { what: 'Node itself and the code, MB', memory: baseMb },
      ],
      targets: [{ what: 'MB of an isolate', atMost: isolateMb, measured: peakMb }],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export default {
  name: 'batch-memory',
  describe: 'what the steps of a batch run hold in memory, over an hour of 1,000,000 events',
  run,
} satisfies Bench;
