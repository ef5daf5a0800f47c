/** The people who may sign in. */
import { plural } from './plural.ts';

export const peopleMaySignIn = (count: number): string =>
  `${count} ${plural(count, 'person', 'people')} may sign in`;
export const admins = (count: number): string => `${count} ${plural(count, 'admin', 'admins')}`;
export const notSeenYet = (unseen: number): string => `${unseen} not seen yet`;
export const addAPerson = 'Add a person';
export const otherIssuerHint =
  'Whoever signs in by another issuer is not listed. Add a person to give a sign-in link.';
export const people = 'People';
export const person = 'Person';
export const role = 'Role';
export const regions = 'Regions';
export const signsIn = 'Signs in';
export const lastSignIn = 'Last sign-in';
export const added = 'Added';
export const actions = 'Actions';
export const showAll = (rows: number): string => `Show all ${rows}`;
export const you = 'you';
export const by = (by: string): string => `by ${by}`;
export const newLink = 'New link';
export const forPerson = (name: string): string => `for ${name}`;
export const disable = 'Disable';
export const peopleRemark = 'Who may sign in, as what.';
export const thePeople = 'The people';
export const nobodyIsInTheList = 'Nobody is in the list';
export const peopleSearch = 'Name, e-mail, role or id';
export const all = 'All';
export const active = 'Active';
export const disabled = 'Disabled';
export const nobodyIsLikeThat = 'Nobody is like that';
export const byLink = 'By link';
export const noLink = 'No link';
export const linkBeforeEnds = 'The link before signs nobody in any more, and all sessions of';
export const end = 'end,';
export const sendLinkToOnly = (name: string, role: string): string =>
  `Send it by a way that only ${name} reads: whoever has it signs in as ${role}. It stays good until a new one is made or the person is disabled.`;
export const done = 'Done';
export const disablingIsForGood =
  'Link and sessions end everywhere within 10 s, live pages at once. It is for good: to let the person in again, add one anew. The audit log keeps the name.';
export const lastSignedIn = 'Last signed in';
export const viewerMay = 'reads, with names of people masked';
export const analystMay = 'reads all and acknowledges alerts';
export const adminMay = 'has the keys, the people and the audit log too';
export const linkIsMade = (name: string): string => `The sign-in link of ${name} is made. Copy it now.`;
export const addThePerson = 'Add the person';
export const name = 'Name';
export const personNameHint = 'As others see it.';
export const eMail = 'E-mail';
export const none = 'None';
export const eMailHint = 'To tell people apart; nothing is sent.';
export const regionsTheRoleHoldsFor = 'Regions the role holds for';
export const newLinkQuestion = (name: string): string => `A new sign-in link for ${name}?`;
export const yours = 'yours';
export const thePerson = 'the person';
export const thisOneToo = ' this one too: copy the new link before you go on.';
export const everywhereWithin10S = ' everywhere within 10 s.';
export const makeANewLink = 'Make a new link';
export const signInLinkOf = (name: string): string => `The sign-in link of ${name}`;
export const thisLink = 'This link';
export const signInLink = 'Sign-in link';
export const personIsDisabled = (name: string): string => `${name} is disabled.`;
export const disableQuestion = (name: string): string => `Disable ${name}?`;
export const hasNeverSignedIn = 'Has never signed in.';
export const disableThePerson = 'Disable the person';
export const never = 'never';
