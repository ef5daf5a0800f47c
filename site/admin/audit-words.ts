/** The audit log in words. */
import * as say from '../text/admin-audit.ts';
import type { AuditLine, PersonRow } from './rows.ts';

/** Those that the service names; what has no name here is shown as it is. */
export const actionWords: Readonly<Record<string, string>> = {
  'session.create': say.signedIn,
  'session.end': say.signedOut,
  'key.create': say.madeAKey,
  'key.revoke': say.revokedAKey,
  'person.create': say.addedAPerson,
  'person.token': say.madeASignInLink,
  'person.disable': say.disabledAPerson,
  'people.read': say.sawTheListOfPeople,
  'live.open': say.openedTheLiveViewWithNames,
  'alert.acknowledge': say.acknowledgedAnAlert,
  'alert.close': say.closedAnAlert,
  'rule.create': say.madeAnAlertRule,
  'rule.change': say.changedAnAlertRule,
  'rule.delete': say.deletedAnAlertRule,
  'annotation.create': say.wroteAnAnnotation,
  'annotation.change': say.changedAnAnnotation,
  'annotation.delete': say.deletedAnAnnotation,
  'letters.redrive': say.sentDeadLettersAgain,
  'view.create': say.savedAView,
  'view.change': say.changedASavedView,
  'view.delete': say.deletedASavedView,
  'views.read_unmasked': say.sawNamesInSavedViews,
  'batch.start': say.hadHoursComputed,
  'batch.cancel': say.cancelledTheComputingOfAnHour,
  'replay.start': say.beganAReplay,
  'replay.cancel': say.cancelledAReplay,
  'import.upload': say.uploadedAFile,
  'import.delete': say.deletedAFile,
  'alerts.read_unmasked': say.sawNamesInAlerts,
  'rules.read_unmasked': say.sawNamesInAlertRules,
  'annotations.read_unmasked': say.sawNamesInAnnotations,
  'export.csv': say.downloadedFigures,
  'audit.read': say.readTheAuditLog,
  'audit.check': say.checkedTheAuditLog,
  'audit.trim': say.removedOldLines,
  'request.refuse': say.wasRefused,
};

export const resultWords = { ok: say.done, refused: say.refused, failed: say.failed } as const;

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
