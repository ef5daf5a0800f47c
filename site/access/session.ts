/** Who is signed in here, as the service says. What a person may do is decided there; pages only show or hide. */
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { PersonRole } from '../../core/access/caller.ts';
import { askService } from './service.ts';

export interface Identity {
  readonly id: string;
  readonly name: string;
  readonly role: PersonRole;
  /** Names of the regions that the role is limited to; null for all. */
  readonly regions: readonly string[] | null;
  /** How it was shown. */
  readonly via: 'local' | 'session' | 'bearer' | 'access' | 'embed';
  /** ISO time at which the credential ends; null for never. */
  readonly expires_at: string | null;
}

/** Null while it is not known, and where nobody is signed in. */
export const currentIdentity: Signal<Identity | null> = signal(null);

/** Whether the buttons that acknowledge and close alerts are offered. */
export const mayAcknowledge: ReadonlySignal<boolean> = computed(() => {
  const role = currentIdentity.value?.role;
  return role === 'analyst' || role === 'admin';
});

/** Why the last sign-out failed, for people; null where none did. */
export const signOutFailure: Signal<string | null> = signal(null);

/** Where Cloudflare Access, which signs people in before the service, signs them out. */
const accessSignOut = '/cdn-cgi/access/logout';

type Found = 'signed-in' | 'signed-out' | 'no-answer';
let asking: Promise<Found> | null = null;

/** Asks who is signed in; one question at a time. An answer that is neither yes nor no leaves what was known. */
export function loadIdentity(): Promise<Found> {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

async function ask(): Promise<Found> {
  const answer = await askService<{ readonly data: Identity }>('/api/session');
  if (answer.ok) {
    currentIdentity.value = answer.value.data;
    return 'signed-in';
  }
  if (answer.status !== 401) return 'no-answer';
  currentIdentity.value = null;
  return 'signed-out';
}

/** Path of the page to sign in at, which leads back here. */
export function signInAddress(): string {
  const here = location.pathname + location.search + location.hash;
  return here === '/' ? '/sign-in' : `/sign-in?then=${encodeURIComponent(here)}`;
}

/** Ends the session everywhere, then leaves the page; where the service did not do it, `signOutFailure` says why. */
export async function signOut(): Promise<void> {
  signOutFailure.value = null;
  const via = currentIdentity.peek()?.via;
  const answer = await askService('/api/session', { method: 'DELETE' });
  if (!answer.ok) {
    signOutFailure.value = answer.text;
    return;
  }
  location.assign(via === 'access' ? accessSignOut : '/sign-in');
}
