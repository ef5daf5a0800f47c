import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chooseScenarios } from '../../tools/producer/scenario-list.ts';
import { SendPlan } from '../../tools/producer/send-plan.ts';
import { Traffic } from '../../tools/producer/traffic.ts';
import { writeDay } from '../../tools/producer/write-day.ts';

const fromMs = Date.UTC(2026, 10, 20, 12);
const untilMs = fromMs + 5 * 60_000;
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'marquee-write-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function planned(): SendPlan {
  const chosen = chooseScenarios({ scenario: 'messy' }, 1, fromMs);
  if (!chosen.ok) throw new Error(chosen.message);
  return new SendPlan(new Traffic({ seed: 1, rate: 40, scenarios: chosen.scenarios }, fromMs), { untilMs });
}

test('a file has the records that would be sent, in their order, and what they are is counted', async () => {
  const path = join(folder, 'messy.ndjson');
  const { endMs } = planned();
  const written = await writeDay(planned(), path, endMs);
  const records = planned().take(endMs);
  expect(readFileSync(path, 'utf8')).toBe(records.map(({ text }) => `${text}\n`).join(''));
  for (const expected of ['accepted', 'twin', 'late', 'rejected'] as const) {
    expect(written[expected]).toBe(records.filter((record) => record.expected === expected).length);
    expect(written[expected]).toBeGreaterThan(0);
  }
});

test('a folder that is not there is told by its name', async () => {
  const path = join(folder, 'nowhere', 'day.ndjson');
  await expect(writeDay(planned(), path, untilMs)).rejects.toThrow(/nowhere/);
});
