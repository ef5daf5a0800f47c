/** docs/ingest.md against the code: what clients read there is what they get. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { eventFields } from '../../../core/protocol/event-schema.ts';
import { rejectCodes } from '../../../core/protocol/reject.ts';

const page = readFileSync(new URL('../../../docs/ingest.md', import.meta.url), 'utf8');

/** The first two cells of every row of the chapter's tables. */
function rows(chapter: string): string[][] {
  const [, text = ''] = page.split(`\n## ${chapter}\n`);
  const [body = ''] = text.split('\n## ');
  return [...body.matchAll(/^\| `(\w+)` \| ([^|]*?) \|/gm)].map(([, name = '', meaning = '']) => [
    name,
    meaning,
  ]);
}

test('every field of the event is listed, in the order of the schema', () => {
  expect(rows('The event').map(([name]) => name)).toEqual([...eventFields()]);
});

test('every reason to reject a record is listed, with its meaning', () => {
  expect(Object.fromEntries(rows('Why a record is rejected'))).toEqual(rejectCodes);
});
