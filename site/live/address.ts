/** The address says what is asked for, so that a link shows the same to the next person, and back undoes it. */
import { batch, effect } from '@preact/signals';
import { shownZone } from '../format/time.ts';
import { readAsked, searchWith, withoutUnknown } from './asked.ts';
import type { Store } from './store.ts';

/** Changes in quick succession are one step back: browsers also limit how many there may be. */
const stepMs = 1_000;

export function watchAddress(store: Store): void {
  const read = (): void =>
    batch(() => {
      const { asked, left } = readAsked(location.search, Date.now());
      store.asked.value = asked;
      store.left.value = left;
    });
  read();
  addEventListener('popstate', read);
  // What the address said is no step of a person's.
  let writtenMs = performance.now();
  effect(() => {
    const search = searchWith(location.search, store.asked.value);
    if (search === location.search) return;
    const isStep = performance.now() - writtenMs > stepMs;
    writtenMs = performance.now();
    history[isStep ? 'pushState' : 'replaceState'](null, '', location.pathname + search + location.hash);
  });
  effect(() => {
    shownZone.value = store.asked.value.tz;
  });
  // Which regions there are, for whom who asks may see, is known once the socket has spoken.
  effect(() => {
    const known = store.heard.live.value;
    if (!known?.facts.size) return;
    const { asked, left } = withoutUnknown(
      store.asked.value,
      (name) => known.facts.has(name) || known.regions.has(name),
    );
    if (left.length === 0) return;
    batch(() => {
      store.asked.value = asked;
      store.left.value = [...store.left.peek(), ...left];
    });
  });
}
