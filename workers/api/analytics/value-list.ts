/** Comma lists of filters: `mobile,tablet` is one of them, `!US,CA` none of them. Quoted as in CSV. */
import * as z from 'zod';
import {
  filterLengthMax,
  filterValueLengthMax,
  filterValuesMax,
} from '../../../core/protocol/analytics-limits.ts';
import type { ValueFilter } from '../../../storage/analytics/session-filters.ts';

const unquoted = /^[^",]*$/;
const quoted = /^"((?:[^"]|"")*)"$/;

/** The values, or what is wrong with the text. */
export function parseValues(text: string): ValueFilter | { readonly wrong: string } {
  const isNegated = text.startsWith('!');
  const values: string[] = [];
  for (const cell of cellsOf(isNegated ? text.slice(1) : text)) {
    const value = unquoted.test(cell) ? cell : quoted.exec(cell)?.[1]?.replaceAll('""', '"');
    if (value === undefined) return { wrong: 'has a quote where none belongs, or one that does not end' };
    if (value === '') return { wrong: 'must not have an empty value' };
    if (value.length > filterValueLengthMax)
      return { wrong: `must have values of at most ${filterValueLengthMax} characters` };
    values.push(value);
  }
  if (values.length > filterValuesMax) return { wrong: `must have at most ${filterValuesMax} values` };
  return { values: [...new Set(values)], isNegated };
}

/** Parts at the commas that stand outside of quotes. */
function cellsOf(text: string): string[] {
  const cells = [''];
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (character === ',' && !isQuoted) cells.push('');
    else cells[cells.length - 1] += character;
  }
  return cells;
}

/** A parameter of such a list. */
export function valueList(what: string, example: string) {
  return z
    .string()
    .max(filterLengthMax, 'is too long')
    .transform((text, context): ValueFilter => {
      const parsed = parseValues(text);
      if (!('wrong' in parsed)) return parsed;
      context.addIssue({ code: 'custom', message: parsed.wrong });
      return z.NEVER;
    })
    .optional()
    .describe(
      DESCRIBED &&
        `${what}: one of the values of a comma list, or with a leading \`!\` none of them. Values with commas are quoted ` +
          `as in CSV; at most ${filterValuesMax}`,
    )
    .meta(DESCRIBED && { example });
}
