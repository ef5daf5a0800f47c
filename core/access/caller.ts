/** Who asks, as credentials have shown it. */

/** Each may do what those before it may. */
export const personRoles = ['viewer', 'analyst', 'admin'] as const;
export type PersonRole = (typeof personRoles)[number];

export interface Person {
  readonly kind: 'person';
  /** Stable: of the table `people`, or `ISSUER#SUBJECT` of a token that another issuer has signed. */
  readonly id: string;
  /** For acknowledgements and the audit log. */
  readonly name: string;
  readonly role: PersonRole;
  /** Names of the regions that the role is limited to. */
  readonly regions: readonly string[] | '*';
  /** How it was shown. */
  readonly via: 'session' | 'bearer' | 'access' | 'embed';
  /** Id of the session, for revocation; null unless via is session. */
  readonly sessionId: string | null;
  /** When the credential ends, ms; null for never. */
  readonly expiresAtMs: number | null;
}

export type Caller = Person | { readonly kind: 'nobody' };

export const nobody: Caller = { kind: 'nobody' };

/** Whether a person may do what needs a role. */
export function hasRole(person: Pick<Person, 'role'>, needed: PersonRole): boolean {
  return personRoles.indexOf(person.role) >= personRoles.indexOf(needed);
}

/** Whether a person may see a region. */
export function maySeeRegion({ regions }: Person, name: string): boolean {
  return regions === '*' || regions.includes(name);
}
