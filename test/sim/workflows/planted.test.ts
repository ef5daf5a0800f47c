// What the simulation of the batch layer is worth: with a rule broken on purpose it must find it. The bugs are planted
// from outside: in the statements that D1 is given, in its transactions, and in when a step's result is kept.
import { expect, test, vi } from 'vitest';
import { tryWorkflows } from './search.ts';
import type { WorkflowSeams } from './simulate.ts';

vi.setConfig({ testTimeout: 120_000 });

const historiesMax = 60;

/** The first broken rule. */
async function firstBroken(seams: WorkflowSeams): Promise<string | null> {
  for (let seed = 1; seed <= historiesMax; seed++) {
    const found = await tryWorkflows(seed, 200, {}, { ...seams, shrinks: false });
    if (found) return found.message;
  }
  return null;
}

/** D1 with one guard less. Throws where no statement has it: what is planted must be there. */
function without(guard: RegExp, instead: string) {
  let met = false;
  const rewrite = (sql: string): string => {
    met ||= guard.test(sql);
    return sql.replace(guard, instead);
  };
  return { rewrite, wasMet: () => met };
}

test.each([
  {
    title: '[DUP-2] what the stream writes late takes the place of a newer generation',
    guard:
      /WHERE \(excluded\.generation, excluded\.incarnation, excluded\.log_row\) > \(region_windows[\s\S]*$/,
    instead: '',
    says: /\[DUP-2\] window .* went back/,
  },
  {
    title: '[BAT-1] a second run over an hour begins beside the one that stands',
    guard: /NOT EXISTS \(SELECT 1 FROM batch_runs r\s+WHERE r\.hour = a[\s\S]*?'running'\)\)/,
    instead: 'true',
    says: /\[BAT-1\] two runs stand/,
  },
  {
    title: '[RPL-1] a second replay over the same hours begins',
    guard: /WHERE NOT EXISTS \(SELECT 1 FROM replays r WHERE[\s\S]*$/,
    instead: '',
    says: /\[RPL-1\] two replays/,
  },
])('$title', async ({ guard, instead, says }) => {
  const planted = without(guard, instead);
  expect(await firstBroken(planted)).toMatch(says);
  expect(planted.wasMet()).toBe(true);
});

test('[RPL-5, BAT-1] a run that was cancelled writes all the same', async () => {
  const rewrite = (sql: string): string =>
    sql
      .replaceAll("AND r.state = 'running'", '')
      .replace("WHERE EXISTS (SELECT 1 FROM batch_runs WHERE id = ?9 AND state = 'running')", 'WHERE true');
  expect(await firstBroken({ rewrite })).toMatch(/\[BAT-1\] a run that was cancelled is done/);
});

test('[RPL-3] what a run writes is no transaction', async () => {
  expect(await firstBroken({ batches: false })).toMatch(/\[RPL-3\]/);
});

test('[BAT-1] the result of a step is kept before what the step writes', async () => {
  expect(await firstBroken({ keepsResultsFirst: true })).toMatch(/has ended as done, and its run is running/);
});
