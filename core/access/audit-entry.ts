export const auditResults = ['ok', 'refused', 'failed'] as const;
export type AuditResult = (typeof auditResults)[number];

/** One line of the audit log, before it is chained. */
export interface AuditEntry {
  readonly atMs: number;
  /** Id of the person or key; `nobody` where none was shown. */
  readonly actor: string;
  readonly role: string;
  /** A verb with its object: `session.create`, `key.revoke`, `alert.acknowledge`, `request.refuse`. */
  readonly action: string;
  /** Id of what was acted on; empty where there is none. */
  readonly target: string;
  /** Two letters, as the platform tells; empty where it does not. No address is kept. */
  readonly country: string;
  readonly result: AuditResult;
  /** Short texts by name; never a secret. */
  readonly details: Readonly<Record<string, string>>;
}
