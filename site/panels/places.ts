/** The pages there are, in the order of the head; `g` and then `key` goes there. */
import type { PersonRole } from '../../core/access/caller.ts';
import * as say from '../text/frame.ts';

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
  { place: 'live', href: '/', name: say.live, key: 'l' },
  { place: 'analytics', href: '/analytics', name: say.analytics, key: 'a' },
  { place: 'alerts', href: '/alerts', name: say.alerts, key: 'r' },
  { place: 'system', href: '/system', name: say.system, key: 's', role: 'analyst' },
  { place: 'admin', href: '/admin/keys', name: say.admin, key: 'k', role: 'admin' },
  { place: 'docs', href: '/docs', name: say.apiReference, key: 'd' },
];
