/**
 * Where the audit log begins, since lines that are old enough are removed from its front (AUD-5). It is noted outside
 * of the table, and the log itself says so too, in a line `audit.trim`: who can write only to the one or only to the
 * other removes nothing without being found.
 */
import type { ChainHead } from './audit-chain.ts';
import type { AuditEntry } from './audit-entry.ts';
import type { AuditRow } from './audit-row.ts';

/** The newest line that was removed. */
export interface LogStart extends ChainHead {
  /** Where the log began before: the lines between the two still stand where the removing died, all of them. */
  readonly previous: ChainHead;
  /** Place of the line that says so. */
  readonly line: number;
}

const trimAction = 'audit.trim';

/** The line that says that the log is to begin behind a head, which `rows` lines lead up to. */
export function trimEntry(
  { seq, hash }: ChainHead,
  rows: number,
  beforeMs: number,
  nowMs: number,
): AuditEntry {
  const details = { seq: String(seq), hash, rows: String(rows), before: new Date(beforeMs).toISOString() };
  const [actor, role, target, country, result] = ['service', '', '', '', 'ok'] as const;
  return { atMs: nowMs, actor, role, action: trimAction, target, country, result, details };
}

/** Whether a line is the one that a start names. */
export function saysStart({ seq: place, action, details }: AuditRow, { line, seq, hash }: LogStart): boolean {
  if (place !== line || action !== trimAction) return false;
  const said = parsed(details);
  return said.seq === String(seq) && said.hash === hash;
}

/** Behind what the first line is to stand, by the place of the first one that does. */
export function logBeginning(start: LogStart, firstSeq: number | undefined): ChainHead {
  return firstSeq !== undefined && firstSeq <= start.seq ? start.previous : start;
}

function parsed(details: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(details)) as Record<string, unknown>;
  } catch {
    return {};
  }
}
