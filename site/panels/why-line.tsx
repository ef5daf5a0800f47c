import { useComputed } from '@preact/signals';
import { nameOfContent } from '../live/catalogue-titles.ts';
import { failingParts } from '../live/failing-parts.ts';
import type { Store } from '../live/store.ts';

/** Why, in one sentence, once the page is filtered to a region: of all regions together it would mislead. */
export function WhyLine({ store }: { readonly store: Store }) {
  const text = useComputed(() => {
    const breakdown = store.breakdown.value;
    return breakdown && store.asked.value.region !== undefined
      ? failingParts(breakdown, nameOfContent)
      : null;
  });
  return text.value === null ? null : <p class="why-line">{text}</p>;
}
