import { effect } from '@preact/signals';
import { firingCount } from '../live/alert-feed.ts';
import type { Heard } from '../live/heard.ts';

/** The tab says how many alerts fire, also while the page is paused or another one is looked at. */
export function watchTitle(heard: Heard): void {
  const plain = document.title;
  effect(() => {
    const count = firingCount(heard.live.value?.alerts ?? new Map());
    document.title = count === 0 ? plain : `(${count}) ${plain}`;
  });
}
