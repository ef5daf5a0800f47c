/** The lines of the log, or another table, as one file: the service gives it in pages. */
import * as say from '../text/admin-audit.ts';
import { type AuditFilter, auditAddress } from './audit-filter.ts';

const pageLines = 1_000;
/** A browser holds that easily; who wants more asks for a shorter time. */
const pagesMax = 100;

export const fileLinesMax = pagesMax * pageLines;

/** The header row once, then the rows of each page; where more follow than a file takes, a last row that says so. */
export function joinedCsv(pages: readonly string[], isCut: boolean): string {
  const rows = pages.map((page, i) => (i === 0 ? page : page.slice(page.indexOf('\r\n') + 2))).join('');
  if (!isCut) return rows;
  const columns = rows.slice(0, rows.indexOf('\r\n')).split(',').length;
  // As many cells as the others have, so that it is read as they are.
  return `${rows}${say.cutOffHere}${','.repeat(columns - 1)}\r\n`;
}

/** Told after each page how many there are; `isCut` where it is the last that the file takes, and more follow. */
type Heard = (pages: number, isCut: boolean) => void;

/** The newest `fileLinesMax` lines at most. Throws with a text for people. */
export async function auditCsv(filter: AuditFilter, got: Heard): Promise<Blob> {
  return await pagedCsv((cursor = filter.cursor) => auditAddress(filter, pageLines, cursor), got);
}

/** All pages of one of the service's tables; the first is asked for without a cursor. */
export async function pagedCsv(addressOf: (cursor: string | undefined) => string, got: Heard): Promise<Blob> {
  const pages: string[] = [];
  let cursor: string | undefined;
  let isCut = false;
  do {
    const answer = await fetch(addressOf(cursor), { headers: { accept: 'text/csv' }, cache: 'no-store' });
    if (!answer.ok) throw new Error(say.serverAnswered(answer.status));
    pages.push(await answer.text());
    cursor = answer.headers.get('x-next-cursor') ?? undefined;
    isCut = cursor !== undefined && pages.length >= pagesMax;
    got(pages.length, isCut);
  } while (cursor !== undefined && !isCut);
  return new Blob([joinedCsv(pages, isCut)], { type: 'text/csv' });
}

export function saveAs(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // Once the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
