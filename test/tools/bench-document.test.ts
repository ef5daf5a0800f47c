import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { performancePage } from '../../tools/bench-document.ts';
import { type Held, hold, readHeld, stillToRun } from '../../tools/bench-held.ts';
import { plotSvg } from '../../tools/bench-plot.ts';
import { isMet, middleOf } from '../../tools/bench-report.ts';

const held = (name: string, more: Partial<Held> = {}): Held => ({
  name,
  describe: `What ${name} measures.`,
  notes: [],
  machine: '2 x A processor, 8 GB',
  system: 'linux x64',
  node: 'v24.0.0',
  commit: 'abc1234',
  date: '2026-11-22T03:04:05.678Z',
  othersPercent: 1,
  settings: { rounds: 7 },
  rows: [{ what: 'ours | theirs', 'events/s': 1_234_567 }],
  tookSeconds: 3,
  ...more,
});

test.each([
  ['at the limit of at most', { atMost: 10, measured: 10 }, true],
  ['beyond at most', { atMost: 10, measured: 10.1 }, false],
  ['at the limit of at least', { atLeast: 0.5, measured: 0.5 }, true],
  ['below at least', { atLeast: 0.5, measured: 0.499 }, false],
  ['no number, at most', { atMost: 10, measured: Number.NaN }, false],
  ['no number, at least', { atLeast: 0, measured: Number.NaN }, false],
])('a goal is met or missed: %s', (_, target, met) => {
  expect(isMet({ what: 'x', ...target })).toBe(met);
});

test('the middle of rounds comes with how far they lie apart', () => {
  expect(middleOf([0.9, 0.7, 0.81234])).toEqual({ measured: 0.812, spread: '0.7 to 0.9, of 3' });
});

test('the page says of each goal whether it is met or missed, and counts them', () => {
  const page = performancePage(
    [
      held('door', {
        targets: [{ what: 'of the floor', atLeast: 0.5, measured: 0.4, spread: '0.3 to 0.5' }],
      }),
      held('store', { targets: [{ what: 'p99, ms', atMost: 50, measured: 20 }], notes: ['Tried: nothing.'] }),
    ],
    ['lake'],
  );
  expect(page).toContain('1 of 2 goals are met, **1 missed**. **Not run**: lake.');
  expect(page).toContain(
    '| [door](#door) | of the floor | at least 0.5 | 0.4 | 0.3 to 0.5 | **MISSED** |\n' +
      '| [store](#store) | p99, ms | at most 50 | 20 |  | met |',
  );
  expect(page).toContain('| ours \\| theirs | 1,234,567 |');
  expect(page).toContain('commit `abc1234`, 2 x A processor, 8 GB');
  expect(page).toContain('`npm run bench -- store`');
  expect(page).toContain('Tried: nothing.');
  expect(page).not.toContain('busy');
});

test('the page names what was measured on a busy machine', () => {
  const page = performancePage([held('door', { othersPercent: 11 }), held('store')], []);
  expect(page).toMatch(/\*\*The machine was busy\*\*.*: door\.$/m);
});

test('what is held is read again by name, and files of another form are passed over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-held-'));
  try {
    hold(folder, held('door'));
    hold(folder, held('gone'));
    writeFileSync(join(folder, 'store.json'), '{"name":"store","rows":[]}');
    expect(readHeld(folder, ['door', 'lake', 'store'])).toEqual([held('door')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a goal that was missed by no number is missed when it is read again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-held-'));
  try {
    hold(folder, held('door', { targets: [{ what: 'x', atMost: 10, measured: Number.NaN }] }));
    const [read] = readHeld(folder, ['door']);
    expect(read?.targets?.map(isMet)).toEqual([false]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what was run at this very commit is not run again, and with changes all is', () => {
  const all = [
    held('door'),
    held('store', { commit: 'abc1234, with changes' }),
    held('old', { commit: 'f00' }),
  ];
  const names = ['door', 'lake', 'old', 'store'];
  expect(stillToRun(names, all, 'abc1234')).toEqual(['lake', 'old', 'store']);
  expect(stillToRun(names, all, 'abc1234, with changes')).toEqual(names);
});

test('a plot is drawn from 0, with each line by its name, and shown on the page', () => {
  const plot = {
    name: 'growth-events',
    title: 'Events & what they cost',
    x: 'events',
    y: 'CPU, µs',
    lines: [
      {
        what: 'ours',
        points: [
          [10, 4],
          [1000, 4],
        ],
      },
      {
        what: 'theirs <old>',
        points: [
          [10, 2],
          [100, 8],
        ],
      },
    ],
  } as const;
  const svg = plotSvg(plot);
  // 8 is at the top of an axis to 10; what is flat has one height, and 1000 is at the right edge.
  expect(svg).toContain('d="M64 171.2L696 171.2"');
  expect(svg).toContain('d="M64 213.6L380 86.4"');
  expect(svg).toContain('Events &amp; what they cost');
  expect(svg).toContain('theirs &lt;old>');
  expect(performancePage([held('growth', { plots: [plot] })], [])).toContain(
    '![Events & what they cost: CPU, µs](plots/growth-events.svg)',
  );
});
