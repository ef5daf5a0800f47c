/** People as the page lists them, and what is asked to add one. */
import * as say from '../text/admin-people.ts';
import { regionsOf, text } from './key-form.ts';
import { holds, type ListFilter } from './list-filter.ts';
import type { PersonRow } from './rows.ts';

export const personStates = ['active', 'disabled'] as const;
type PersonState = (typeof personStates)[number];

export const personState = ({ disabled_at }: PersonRow): PersonState =>
  disabled_at === null ? 'active' : 'disabled';

export const personFields = ['name', 'email', 'role', 'regions'] as const;

export function personBody(form: FormData) {
  const email = text(form, 'email');
  return {
    name: text(form, 'name'),
    email: email === '' ? null : email,
    role: text(form, 'role'),
    regions: regionsOf(form),
  };
}

/** Those who may sign in first, else in the order given. */
export function shownPeople(
  people: readonly PersonRow[],
  filter: ListFilter<PersonState>,
): readonly PersonRow[] {
  return people
    .filter(
      (person) =>
        (filter.state === null || personState(person) === filter.state) &&
        holds([person.name, person.email, person.id, person.role], filter.text),
    )
    .toSorted((a, b) => Number(a.disabled_at !== null) - Number(b.disabled_at !== null));
}

export function peopleHeadline(people: readonly PersonRow[]): string {
  const active = people.filter((person) => personState(person) === 'active').length;
  return say.peopleMaySignIn(active);
}

export function peopleRemark(people: readonly PersonRow[]): string {
  const active = people.filter((person) => personState(person) === 'active');
  const admins = active.filter(({ role }) => role === 'admin').length;
  const unseen = active.filter(({ last_seen_at }) => last_seen_at === null).length;
  const parts = [say.admins(admins), ...(unseen > 0 ? [say.notSeenYet(unseen)] : [])];
  return `${parts.join(', ')}.`;
}

/** What comes after the hash is not sent to any server. */
export const signInLink = (origin: string, token: string): string => `${origin}/sign-in#${token}`;
