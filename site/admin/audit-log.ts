/** The lines that the audit page shows, and how they come. */
import { signal } from '@preact/signals';
import type { Problem } from '../../core/protocol/problem.ts';
import { type AuditFilter, auditAddress, auditFilterOf, auditSearch } from './audit-filter.ts';
import { askAdmin } from './resource.ts';
import type { AuditLine } from './rows.ts';

const pageLines = 100;

interface AuditAnswer {
  readonly data: readonly AuditLine[];
  readonly meta: { readonly next_cursor: string | null };
}

interface LogFailure {
  readonly status: number;
  readonly text: string;
  readonly problem: Problem | null;
}

export const filter = signal<AuditFilter>(auditFilterOf(location.search));
/** Null before the first answer to the filter. */
export const lines = signal<readonly AuditLine[] | null>(null);
/** Null where there is nothing older. */
export const older = signal<string | null>(null);
export const failure = signal<LogFailure | null>(null);
export const isAsking = signal(false);

/** Asks for what the filter lets through; an answer to an older question is dropped. */
export async function ask(cursor?: string): Promise<void> {
  const asked = filter.peek();
  isAsking.value = true;
  const answer = await askAdmin<AuditAnswer>(auditAddress(asked, pageLines, cursor));
  if (filter.peek() !== asked) return;
  isAsking.value = false;
  failure.value = answer.ok ? null : answer;
  if (!answer.ok) return;
  const { data, meta } = answer.value;
  lines.value = cursor === undefined ? data : [...(lines.peek() ?? []), ...data];
  older.value = meta.next_cursor;
}

/** A person's own choice is a step of the history: back undoes it. */
export function choose(next: AuditFilter): void {
  if (auditSearch(next) === auditSearch(filter.peek())) return;
  history.pushState(null, '', location.pathname + auditSearch(next));
  show(next);
}

function show(next: AuditFilter): void {
  filter.value = next;
  lines.value = null;
  older.value = null;
  failure.value = null;
  void ask();
}

export function watchHistory(): void {
  addEventListener('popstate', () => show(auditFilterOf(location.search)));
}
