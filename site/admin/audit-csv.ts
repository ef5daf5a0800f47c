/** The lines of the log, or another table, as one file: the service gives it in pages. */
import { type AuditFilter, auditAddress } from './audit-filter.ts';

const pageLines = 1_000;
/** A browser holds that easily; who wants more asks for a shorter time. */
const pagesMax = 100;

/** The header row once, then the rows of each page. */
export function joinedCsv(pages: readonly string[]): string {
  return pages.map((page, i) => (i === 0 ? page : page.slice(page.indexOf('\r\n') + 2))).join('');
}

/** `got` hears how many pages there are. Throws with a text for people. */
export async function auditCsv(filter: AuditFilter, got: (pages: number) => void): Promise<Blob> {
  return await pagedCsv((cursor = filter.cursor) => auditAddress(filter, pageLines, cursor), got);
}

/** All pages of one of the service's tables; the first is asked for without a cursor. */
export async function pagedCsv(
  addressOf: (cursor: string | undefined) => string,
  got: (pages: number) => void,
): Promise<Blob> {
  const pages: string[] = [];
  let cursor: string | undefined;
  do {
    const answer = await fetch(addressOf(cursor), { headers: { accept: 'text/csv' }, cache: 'no-store' });
    if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
    pages.push(await answer.text());
    got(pages.length);
    cursor = answer.headers.get('x-next-cursor') ?? undefined;
  } while (cursor !== undefined && pages.length < pagesMax);
  return new Blob([joinedCsv(pages)], { type: 'text/csv' });
}

export function saveAs(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Once the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
