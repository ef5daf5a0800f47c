// What the simulation of the batch layer is worth: with a rule broken on purpose it must find it. The bugs are planted
// from outside: in the statements that D1 is given, in its transactions, and in when a step's result is kept.
import { expect, test, vi } from 'vitest';
import type { WorkflowSeams } from './ground.ts';
import { type Scenario, tryWorkflows } from './search.ts';

vi.setConfig({ testTimeout: 120_000 });

const historiesMax = 80;

/** The first broken rule. */
async function firstBroken(
  seams: WorkflowSeams,
  scenario: Scenario = 'runs',
  { from = 1, steps = 200 } = {},
): Promise<string | null> {
  for (let seed = from; seed < from + historiesMax; seed++) {
    const found = await tryWorkflows(scenario, seed, steps, {}, { ...seams, shrinks: false });
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

interface Planted {
  readonly title: string;
  readonly scenario?: Scenario;
  /** Where what shows it is rare. */
  readonly at?: { readonly from: number; readonly steps: number };
  readonly guard: RegExp;
  readonly instead: string;
  readonly says: RegExp;
}

test.each<Planted>([
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
  {
    title: '[BAT-3] a day is merged before its hours are final',
    scenario: 'derived',
    guard: /AND NOT EXISTS \(SELECT 1 FROM lake_parts p[\s\S]*?p\.hour\)\)/,
    instead: '',
    says: /\[BAT-3\] day \d+ is due, and its hour \d+ is not final/,
  },
  {
    title: '[BAT-3] an older run over a day writes over what a newer one has',
    scenario: 'derived',
    guard: /WHERE excluded\.hours >= batch_days\.hours AND excluded\.generations >= batch_days\.generations/,
    instead: '',
    says: /\[BAT-3\] day \d+ went back/,
  },
  {
    title: '[SES-4] a given-up step writes its partition over that of a newer run',
    scenario: 'derived',
    at: { from: 182, steps: 300 },
    guard: /EXISTS \(SELECT 1 FROM session_hours WHERE key = \?2 AND claim = \?3\)/g,
    instead: '(?2 IS NOT NULL AND ?3 IS NOT NULL)',
    says: /\[SES-4\] D1 has too many sessions/,
  },
  {
    title: '[SES-3] a run that another has overtaken says that the hour is its own',
    scenario: 'derived',
    guard: /WHERE key = \?1 AND claim = \?2/,
    instead: 'WHERE key = ?1 AND ?2 IS NOT NULL',
    says: /\[SES-\d\]/,
  },
  {
    title: '[ETL-2] an import that adds to what is there instead of replacing it',
    scenario: 'etl',
    guard:
      /"watch_duration_ms" = coalesce\(excluded\.watch_duration_ms, viewing_sessions\.watch_duration_ms\)/,
    instead: '"watch_duration_ms" = excluded.watch_duration_ms + viewing_sessions.watch_duration_ms',
    says: /\[ETL-2\]/,
  },
  {
    title: '[ETL-2] of two that carry an import on both are believed',
    scenario: 'etl',
    guard: /"etl_runs"\."revision" = \?/,
    instead: '("etl_runs"."revision" >= 0 or ? is null)',
    says: /\[ETL-\d\]/,
  },
  {
    title: '[ETL-1] a second import begins beside the one that goes on',
    scenario: 'etl',
    guard: /WHERE NOT EXISTS \(SELECT 1 FROM etl_runs WHERE state IN[^)]*\)\)/,
    instead: '',
    says: /\[ETL-1\] two runs go on at once/,
  },
  {
    title: '[ETL-4] days from which an import moves sessions away keep their sums',
    scenario: 'etl',
    guard: /WHERE s\.start_time_ms <> j\.value ->> '\$\[1\]'/,
    instead: 'WHERE false',
    says: /\[WHS-3\]/,
  },
])('$title', async ({ scenario, at, guard, instead, says }) => {
  const planted = without(guard, instead);
  expect(await firstBroken(planted, scenario, at)).toMatch(says);
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
  const keepsFirst = { steps: /^(scan|judge|fold|finish)/, result: '{"is":"done","value":null}' };
  expect(await firstBroken({ keepsFirst })).toMatch(/has ended as done, and its run is running/);
});

test('[BAT-3, SES-3] the result of the step that writes a day, or an hour of sessions, is kept before it', async () => {
  const keepsFirst = { steps: /^write$/, result: 'true' };
  expect(await firstBroken({ keepsFirst }, 'derived')).toMatch(/has ended as done, and .* is not written/);
});
