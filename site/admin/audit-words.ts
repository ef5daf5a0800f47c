/** The audit log in words. */
import type { AuditLine, PersonRow } from './rows.ts';

/** Those that the service names; what has no name here is shown as it is. */
export const actionWords: Readonly<Record<string, string>> = {
  'session.create': 'Signed in',
  'session.end': 'Signed out',
  'key.create': 'Made a key',
  'key.revoke': 'Revoked a key',
  'person.create': 'Added a person',
  'person.token': 'Made a sign-in link',
  'person.disable': 'Disabled a person',
  'alert.acknowledge': 'Acknowledged an alert',
  'alert.close': 'Closed an alert',
  'export.csv': 'Downloaded figures',
  'audit.read': 'Read the audit log',
  'audit.check': 'Checked the audit log',
  'request.refuse': 'Was refused',
};

export const resultWords = { ok: 'Done', refused: 'Refused', failed: 'Failed' } as const;

export const actionText = (action: string): string => actionWords[action] ?? action;

/** What it was done to, by its name where the line has one. */
export function subjectOf({ details, target, actor }: AuditLine): string {
  return details.name ?? (target === actor ? '' : target);
}

/** What else there is to say at a glance. */
export function remarks({ details }: AuditLine): readonly (readonly [string, string])[] {
  return Object.entries(details)
    .filter(([name]) => name !== 'name' && name !== 'request_id')
    .map(([name, value]) => [name.replaceAll('_', ' '), value] as const);
}

/** A name is taken for the person who bears it, if only one does. */
export function actorOf(typed: string, people: readonly PersonRow[]): string {
  const named = people.filter(({ name }) => name.toLowerCase() === typed.trim().toLowerCase());
  return named.length === 1 && named[0] ? named[0].id : typed.trim();
}
