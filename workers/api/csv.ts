/** Rows as CSV (RFC 4180), for spreadsheets. */

/** A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text. */
const formulaStart = /^[=+\-@\t\r\n]/;
const needsQuotes = /[",\r\n]/;

/** A header row of the columns, then the rows; CRLF after each. Null is an empty cell, a list is JSON. */
export function csvOf(columns: readonly string[], rows: readonly object[]): string {
  const lines = [
    columns,
    ...rows.map((row) =>
      columns.map((column) => cellText((row as Readonly<Record<string, unknown>>)[column])),
    ),
  ];
  return lines.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'string') return JSON.stringify(value);
  return formulaStart.test(value) ? `'${value}` : value;
}

function quoted(text: string): string {
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Whether the caller would rather have CSV than JSON, by the q-values of its Accept header (RFC 9110, 12.5.1). */
export function prefersCsv(accept: string | null | undefined): boolean {
  if (!accept) return false;
  const csv = quality(accept, 'text', 'csv');
  const json = quality(accept, 'application', 'json');
  // At the same wish JSON is what is documented first, unless CSV is named and JSON only meant by a wildcard.
  return csv.q > 0 && (csv.q > json.q || (csv.q === json.q && csv.named > json.named));
}

/** The q-value of a media type by the most exact range that covers it, and how exact that is: 0 to 2. */
function quality(
  accept: string,
  type: string,
  subtype: string,
): { readonly q: number; readonly named: number } {
  let found = { q: 0, named: -1 };
  for (const range of accept.toLowerCase().split(',')) {
    const [media = '', ...parameters] = range.split(';').map((part) => part.trim());
    const named = [`*/*`, `${type}/*`, `${type}/${subtype}`].indexOf(media);
    if (named <= found.named) continue;
    const q = Number(parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? 1);
    found = { q: Number.isFinite(q) ? q : 0, named };
  }
  return found;
}
