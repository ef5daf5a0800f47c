/** Names and addresses of users: masked for viewers (ACC-6), and noted in the audit log where they are not (AUD-3). */
import { masksPeople, maskText } from '../../../core/access/masks.ts';
import { noteForAudit, person } from '../request-scope.ts';

interface Named {
  readonly username: string | null;
  readonly email: string | null;
}

export function shownPeople<User extends Named>(users: readonly User[]): User[] {
  if (masksPeople(person().role))
    return users.map((user) => ({ ...user, username: masked(user.username), email: masked(user.email) }));
  const unmasked = users.filter(({ username, email }) => username !== null || email !== null).length;
  if (unmasked > 0) noteForAudit({ unmasked });
  return [...users];
}

const masked = (text: string | null): string | null => (text === null ? null : maskText(text));
