import type { Store } from '../live/store.ts';
import { toggleTheme } from '../theme/theme.ts';
import type { ViewState } from './view-state.ts';

/** One key each; none where something is typed or another key is held. */
export function watchKeys(store: Store, view: ViewState): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    switch (event.key) {
      case 't':
        view.tablesShown.value = !view.tablesShown.value;
        break;
      case 'd':
        toggleTheme();
        break;
      case '?':
        view.keysShown.value = !view.keysShown.value;
        break;
      case 'Escape':
        // The dialog closes by itself; the filter goes only by an Esc of its own.
        if (!view.keysShown.value) store.region.value = null;
        break;
    }
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}
