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
  'people.read': 'Saw the list of people',
  'live.open': 'Opened the live view with names',
  'alert.acknowledge': 'Acknowledged an alert',
  'alert.close': 'Closed an alert',
  'rule.create': 'Made an alert rule',
  'rule.change': 'Changed an alert rule',
  'rule.delete': 'Deleted an alert rule',
  'annotation.create': 'Wrote an annotation',
  'annotation.change': 'Changed an annotation',
  'annotation.delete': 'Deleted an annotation',
  'letters.redrive': 'Sent dead letters again',
  'view.create': 'Saved a view',
  'view.change': 'Changed a saved view',
  'view.delete': 'Deleted a saved view',
  'views.read_unmasked': 'Saw names in saved views',
  'batch.start': 'Had hours computed',
  'batch.cancel': 'Cancelled the computing of an hour',
  'replay.start': 'Began a replay',
  'replay.cancel': 'Cancelled a replay',
  'import.upload': 'Uploaded a file',
  'import.delete': 'Deleted a file',
  'alerts.read_unmasked': 'Saw names in alerts',
  'rules.read_unmasked': 'Saw names in alert rules',
  'annotations.read_unmasked': 'Saw names in annotations',
  'export.csv': 'Downloaded figures',
  'audit.read': 'Read the audit log',
  'audit.check': 'Checked the audit log',
  'audit.trim': 'Removed old lines',
  'request.refuse': 'Was refused',
};

export const resultWords = { ok: 'Done', refused: 'Refused', failed: 'Failed' } as const;

export const actionText = (action: string): string => actionWords[action] ?? action;

/** What it was done to, by its name where the line has one. */
export function subjectOf({ action, details, target, actor }: AuditLine): string {
  // What was seen is said by the action; the route that showed it is in the details.
  if (target === actor || (target.startsWith('/') && action !== 'export.csv')) return '';
  return details.name ?? target;
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
