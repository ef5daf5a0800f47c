/** What the audit log is narrowed to: the same names in the page's address and in the service's. */
export const auditFields = ['actor', 'action', 'result', 'from', 'to', 'cursor'] as const;
export type AuditField = (typeof auditFields)[number];

/** Texts as the service takes them: times in ISO 8601. What is not asked for is missing. */
export type AuditFilter = Readonly<Partial<Record<AuditField, string>>>;

export function auditFilterOf(search: string): AuditFilter {
  const asked = new URLSearchParams(search);
  return Object.fromEntries(
    auditFields.flatMap((name) => {
      const value = asked.get(name)?.trim();
      return value ? [[name, value]] : [];
    }),
  );
}

/** In one order, so that the same filter is the same address; empty without one. */
export function auditSearch(filter: AuditFilter): string {
  const search = new URLSearchParams();
  for (const name of auditFields) if (filter[name]) search.set(name, filter[name]);
  return search.size > 0 ? `?${search}` : '';
}

/** What a changed field makes of the filter. Another question begins at its newest line. */
export function withField(filter: AuditFilter, name: AuditField, value: string): AuditFilter {
  const { [name]: _, cursor: __, ...rest } = filter;
  return value === '' ? rest : { ...rest, [name]: value };
}

/** Address of the service for one page of it. */
export function auditAddress(filter: AuditFilter, limit: number, cursor = filter.cursor): string {
  const search = new URLSearchParams(auditSearch(filter));
  search.set('limit', String(limit));
  if (cursor !== undefined) search.set('cursor', cursor);
  return `/api/admin/audit?${search}`;
}

/** What a field for a local time shows; empty for what is no time. */
export function localTime(iso: string | undefined): string {
  const ms = iso === undefined ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(ms)) return '';
  return new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** The other way round. */
export function isoTime(local: string): string {
  const ms = Date.parse(local);
  return Number.isNaN(ms) ? '' : new Date(ms).toISOString();
}
