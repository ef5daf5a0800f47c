import { filterWords, keyFilterOf } from '../live/asked.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';

/** In place of numbers that the server has not sent: why, and when they come. */
export function Waiting({ store }: { readonly store: Store }) {
  const filter = keyFilterOf(store.asked.value);
  if (filter && store.breakdown.value)
    return <p class="waiting quiet">{say.notToldBeside(filterWords[filter.name].toLowerCase())}</p>;
  const isPaused = store.pause.picture.value !== null;
  return <p class="waiting quiet">{isPaused ? say.notPartOfPaused : say.waitingForTheFirstNumbers}</p>;
}
