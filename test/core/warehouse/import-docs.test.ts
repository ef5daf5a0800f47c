/** docs/imports.md against the code: who writes a file by it writes one that is taken. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CsvScan } from '../../../core/warehouse/csv-scan.ts';
import { importColumns } from '../../../core/warehouse/import-columns.ts';
import { judgeRecord } from '../../../core/warehouse/quality.ts';
import { rowFaultCodes } from '../../../core/warehouse/row-fault.ts';
import { warehouseTables } from '../../../core/warehouse/rows.ts';
import { scanAll } from './scan-all.ts';

const page = readFileSync(new URL('../../../docs/imports.md', import.meta.url), 'utf8');

function chapter(name: string): string {
  const [, text = ''] = page.split(`\n## ${name}\n`);
  return text.split('\n## ')[0] ?? '';
}

/** The first cells of every row of the chapter's table. */
const rows = (name: string) =>
  [...chapter(name).matchAll(/^\| `(\w+)` \| ([^|]*?) ?\|/gm)].map(([, first = '', second = '']) => [
    first,
    second,
  ]);

test.each(warehouseTables)('[IMP-4] every column of %s is listed, and whether it is required', (table) => {
  const { required, optional } = importColumns[table];
  const expected = [...required.map((name) => [name, 'required']), ...optional.map((name) => [name, ''])];
  expect(rows(table)).toEqual(expected);
});

test.each(warehouseTables)('[IMP-4] the example of %s is taken', (table) => {
  const [, example = ''] = /```\n([^`]+)```/.exec(chapter(table)) ?? [];
  const [header, row] = scanAll((place) => new CsvScan(place), example).map((scanned) =>
    'fields' in scanned ? scanned.fields : [],
  );
  const record = Object.fromEntries(header?.map((name, i) => [name, row?.[i]]) ?? []);
  const context = {
    nowMs: Date.UTC(2026, 10, 21),
    pseudonymOf: (id: string) => id,
    regionNumberOf: () => null,
  };
  expect(judgeRecord(table, record, context)).toMatchObject({ ok: true });
});

test('[IMP-4] every reason to reject a record is listed, with its meaning', () => {
  expect(Object.fromEntries(rows('Why a record is rejected'))).toEqual(rowFaultCodes);
});
