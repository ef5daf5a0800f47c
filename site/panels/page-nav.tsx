/** The pages there are; what a person may not open is not offered. */
import { currentIdentity } from '../access/session.ts';

export type PlaceInNav = 'live' | 'analytics' | 'alerts' | 'admin';

export function PageNav({ current }: { readonly current: PlaceInNav }) {
  const mark = (page: PlaceInNav) => (page === current ? ({ 'aria-current': 'page' } as const) : {});
  return (
    <nav class="page-nav" aria-label="Pages">
      <b class="product">Marquee</b>
      <a href="/" {...mark('live')}>
        Live
      </a>
      <a href="/analytics" {...mark('analytics')}>
        Analytics
      </a>
      <a href="/alerts" {...mark('alerts')}>
        Alerts
      </a>
      {currentIdentity.value?.role === 'admin' && (
        <a href="/admin/keys" {...mark('admin')}>
          Admin
        </a>
      )}
      <a href="/docs" class="page-nav-docs">
        API reference
      </a>
    </nav>
  );
}
