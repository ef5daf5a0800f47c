import { clockText } from '../format/time.ts';
import type { Store } from '../live/store.ts';

/** What the numbers below are about, and since when if not of now. A filter is a chip with a cross. */
export function FilterLine({ store }: { readonly store: Store }) {
  const region = store.region.value;
  return (
    <div class="filter-line">
      {region === null ? (
        <span class="quiet">All regions</span>
      ) : (
        <button
          type="button"
          class="chip"
          aria-label={`${region}: show all regions again`}
          onClick={() => {
            store.region.value = null;
          }}
        >
          {region}
          <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
            <path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" stroke-width="1.5" fill="none" />
          </svg>
        </button>
      )}
      {hasNoAlerts(store) && <span class="no-alerts quiet">No alerts in the last hour</span>}
      {store.stale.value && <span class="as-of">as of {clockText(store.moment.value.asOf)}</span>}
    </div>
  );
}

/** Said here, beside the filter, as long as there is nothing to list. */
function hasNoAlerts({ alerts }: Store): boolean {
  const { firing, resolved, firingElsewhere } = alerts.value;
  return firing.length + resolved.length + firingElsewhere === 0;
}
