import { FilterChip } from '../filter/filter-chip.tsx';
import { clockText } from '../format/time.ts';
import { filtersOf, filterWords } from '../live/asked.ts';
import { catalogueTitles, nameOfContent } from '../live/catalogue-titles.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';

/** What the numbers below are about, and since when if not of now. A filter is a chip with a cross. */
export function FilterLine({ store }: { readonly store: Store }) {
  const filters = filtersOf(store.asked.value);
  const contents = store.breakdown.value?.contents ?? [];
  const titleOf = (id: string): string => {
    const told = contents.find(({ content_id }) => content_id === id);
    return told ? nameOfContent(told) : (catalogueTitles.known.value.get(id)?.title ?? id);
  };
  return (
    <div class="filter-line chips">
      {filters.length === 0 && <span class="quiet">{say.allRegions}</span>}
      {filters.map(({ name, values, isNot }) => (
        <FilterChip
          key={name}
          word={filterWords[name]}
          values={values}
          isNot={isNot}
          {...(name === 'content_id' && { valueWord: titleOf })}
          change={(text) => store.choose({ [name]: text })}
        />
      ))}
      {hasNoAlerts(store) && <span class="no-alerts quiet">{say.noAlertsInTheLastHour}</span>}
      {store.stale.value && <AsOf store={store} />}
    </div>
  );
}

/** Said here, beside the filter, as long as there is nothing to list. */
function hasNoAlerts({ alerts, frame }: Store): boolean {
  const { firing, resolved, firingElsewhere } = alerts.value;
  return frame.value.kind === 'live' && firing.length + resolved.length + firingElsewhere === 0;
}

/** Why the numbers fade. */
function AsOf({ store }: { readonly store: Store }) {
  const failure = store.feed.failure.value;
  if (failure !== null && store.wanted.value.question !== null)
    return (
      <span class="as-of" role="status">
        {say.didNotCome(failure)}
      </span>
    );
  if (store.wanted.value !== store.frame.value) return <span class="as-of">{say.loading}</span>;
  return <span class="as-of">{say.asOf(clockText(store.moment.value.asOf))}</span>;
}
