/** The pages there are; what a person may not open is not offered. */
import { hasRole } from '../../core/access/caller.ts';
import { currentIdentity } from '../access/session.ts';
import * as say from '../text/frame.ts';
import { type PlaceInNav, places } from './places.ts';

export function PageNav({ current }: { readonly current: PlaceInNav }) {
  const identity = currentIdentity.value;
  return (
    <nav class="page-nav" aria-label={say.pages}>
      <b class="product">{say.marquee}</b>
      <div class="page-links">
        {places.map(
          (one) =>
            (!one.role || (identity && hasRole(identity, one.role))) && (
              <a
                key={one.place}
                href={one.href}
                class={`page-nav-${one.place}`}
                aria-current={one.place === current ? 'page' : undefined}
              >
                {one.name}
              </a>
            ),
        )}
      </div>
    </nav>
  );
}
