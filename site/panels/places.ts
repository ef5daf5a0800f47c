/** The pages there are, in the order of the head; `g` and then `key` goes there. */
import type { PersonRole } from '../../core/access/caller.ts';

export type PlaceInNav = 'live' | 'analytics' | 'alerts' | 'system' | 'admin' | 'docs';

interface Place {
  readonly place: PlaceInNav;
  readonly href: string;
  readonly name: string;
  readonly key: string;
  /** What it needs, where not everybody may open it. */
  readonly role?: PersonRole;
}

export const places: readonly Place[] = [
  { place: 'live', href: '/', name: 'Live', key: 'l' },
  { place: 'analytics', href: '/analytics', name: 'Analytics', key: 'a' },
  { place: 'alerts', href: '/alerts', name: 'Alerts', key: 'r' },
  { place: 'system', href: '/system', name: 'System', key: 's', role: 'analyst' },
  { place: 'admin', href: '/admin/keys', name: 'Admin', key: 'k', role: 'admin' },
  { place: 'docs', href: '/docs', name: 'API reference', key: 'd' },
];
