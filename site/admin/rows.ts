/** Rows of /api/admin and /api/embeds, as far as the pages show them. */
import type { AuditResult } from '../../core/access/audit-entry.ts';
import type { AuditRow } from '../../core/access/audit-row.ts';
import type { PersonRole } from '../../core/access/caller.ts';

export interface KeyRow {
  readonly id: string;
  readonly account: string;
  readonly name: string;
  readonly state: 'active' | 'expired' | 'revoked';
  /** Null for all; so with people. */
  readonly regions: readonly string[] | null;
  readonly events_per_second: number;
  readonly bytes_per_second: number;
  readonly events_per_day: number | null;
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string | null;
  readonly revoked_at: string | null;
  readonly last_used_at: string | null;
}

export interface EmbedRow {
  readonly id: string;
  readonly name: string;
  readonly state: 'active' | 'expired' | 'revoked';
  readonly regions: readonly string[] | null;
  /** Sites that may show it; none for those that the service lists. */
  readonly origins: readonly string[];
  readonly created_at: string;
  readonly created_by: string;
  readonly expires_at: string;
  readonly revoked_at: string | null;
}

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: PersonRole;
  readonly regions: readonly string[] | null;
  readonly has_token: boolean;
  readonly created_at: string;
  readonly created_by: string;
  readonly disabled_at: string | null;
  readonly last_seen_at: string | null;
}

export interface AuditLine extends Omit<AuditRow, 'result' | 'details'> {
  readonly result: AuditResult;
  readonly details: Readonly<Record<string, string>>;
}

export interface Listed<T> {
  readonly data: readonly T[];
}
