import type { Store } from '../live/store.ts';
import { toggleTheme } from '../theme/theme.ts';
import type { ViewState } from './view-state.ts';

/** One key each; none where something is typed or another key is held. */
export function watchKeys(store: Store, view: ViewState): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) return;
    switch (event.key) {
      case ' ':
        // Elsewhere the space bar presses what has the focus, or scrolls it.
        if (event.repeat || !isFree(event.target)) return;
        event.preventDefault();
        store.pause.toggle();
        break;
      case 'p':
        if (!event.repeat) store.pause.toggle();
        break;
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

function isFree(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof HTMLElement && target.matches('.plots, .alert'));
}
