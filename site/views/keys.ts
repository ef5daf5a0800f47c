import { bindKeys } from '../keys/key-list.ts';
import { bindPageKeys } from '../keys/page-keys.ts';
import { undone } from '../live/asked.ts';
import type { Store } from '../live/store.ts';
import type { ViewState } from './view-state.ts';

/** The keys of the Live view, beside those of every page. */
export function watchKeys(store: Store, view: ViewState): void {
  bindPageKeys();
  bindKeys(
    { keys: ['p', ' '], meaning: 'Pause and resume', group: 'What is shown', press: store.pause.toggle },
    {
      keys: ['t'],
      meaning: 'Show or hide the tables beside the charts',
      group: 'What is shown',
      press: () => {
        view.tablesShown.value = !view.tablesShown.value;
      },
    },
    {
      keys: ['Escape'],
      meaning: 'Undo what was asked for last; leave a comment',
      group: 'What is shown',
      press: () => {
        store.left.value = [];
        store.asked.value = undone(store.asked.value);
      },
    },
  );
}
