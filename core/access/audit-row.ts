/** A line of the audit log as it is stored and chained (AUD-1). */
import { auditDetailCountMax, auditDetailLengthMax, auditTextLengthMax } from '../protocol/limits.ts';
import type { AuditEntry } from './audit-entry.ts';

export interface AuditRow {
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601 in UTC with milliseconds, so that times compare as text. */
  readonly at: string;
  readonly actor: string;
  readonly role: string;
  readonly action: string;
  readonly target: string;
  readonly country: string;
  readonly result: string;
  /** JSON: texts by name. */
  readonly details: string;
  /** Of the row before and of this row, hex. */
  readonly hash: string;
}

/** All that is chained, before it has its place and its hash. */
export type UnchainedRow = Omit<AuditRow, 'seq' | 'hash'>;

/**
 * Texts are cut, and made such that the database gives back what it got: halves of surrogate pairs and NUL would come
 * back as something else, and the chain would seem broken.
 */
export function auditRow(entry: AuditEntry): UnchainedRow {
  const { actor, role, action, target, country, result } = entry;
  const details = Object.entries(entry.details)
    .slice(0, auditDetailCountMax)
    .map(([name, text]) => [plain(name, auditDetailLengthMax), plain(text, auditDetailLengthMax)]);
  return {
    at: new Date(entry.atMs).toISOString(),
    actor: plain(actor, auditTextLengthMax),
    role: plain(role, auditTextLengthMax),
    action: plain(action, auditTextLengthMax),
    target: plain(target, auditTextLengthMax),
    country: plain(country, auditTextLengthMax),
    result,
    details: JSON.stringify(Object.fromEntries(details)),
  };
}

function plain(text: string, lengthMax: number): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '\ufffd');
}
