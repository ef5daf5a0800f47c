import { filterWords, keyFilterOf } from '../live/asked.ts';
import type { Store } from '../live/store.ts';

/** In place of numbers that the server has not sent: why, and when they come. */
export function Waiting({ store }: { readonly store: Store }) {
  const filter = keyFilterOf(store.asked.value);
  if (filter && store.breakdown.value)
    return (
      <p class="waiting quiet">
        Not told beside the filter {filterWords[filter.name].toLowerCase()}: each is counted by itself, not
        together.
      </p>
    );
  const isPaused = store.pause.picture.value !== null;
  return (
    <p class="waiting quiet">
      {isPaused ? 'Not part of the paused picture. Resume to see it.' : 'Waiting for the first numbers.'}
    </p>
  );
}
