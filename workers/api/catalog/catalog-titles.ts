import { errorFields } from '../../../core/protocol/log-line.ts';
import { catalogTitles } from '../../../storage/catalog/title-cache.ts';
import { logForRequest, timed } from '../request-scope.ts';

type Row = Readonly<Record<string, unknown>>;

/**
 * Rows of a page with the titles of the catalogue, where it knows them, and with genres (CAT-3). While it cannot be
 * read the stream's titles stand: figures do not wait for a name. `idName`: the column of the content's id.
 */
export async function withCatalogTitles(
  db: D1Database,
  rows: readonly Row[],
  idName: string,
): Promise<readonly Row[]> {
  const idOf = (row: Row) => String(row[idName]);
  const ids = [...new Set(rows.map(idOf))];
  const titles = await timed('d1', catalogTitles(db, ids, Date.now())).catch((error: unknown) => {
    logForRequest('warn', 'titles_unread', errorFields(error));
    return null;
  });
  return rows.map((row) => {
    const told = titles?.get(idOf(row));
    // The genre stands behind the title, as in the schemas.
    const cells = Object.entries(row).flatMap(([name, value]): [string, unknown][] =>
      name === 'title'
        ? [
            [name, told?.title ?? value],
            ['genre', told?.genre ?? null],
          ]
        : [[name, value]],
    );
    return Object.fromEntries(cells);
  });
}
