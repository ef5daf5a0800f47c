import { PersonMenu } from '../access/person-menu.tsx';
import { showKeys } from '../keys/page-keys.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/frame.ts';
import { theme, toggleTheme } from '../theme/theme.ts';
import type { ViewState } from '../views/view-state.ts';
import { ViewsButton } from '../views-menu/views-button.tsx';
import { CopyLink } from './copy-link.tsx';
import { LinkState } from './link-state.tsx';
import { PageNav } from './page-nav.tsx';

/** Stays at the top: which page this is, whether it is live, who looks at it, and what can be switched. */
export function PageHead({ store, view }: { readonly store: Store; readonly view: ViewState }) {
  const isDark = theme.value === 'dark';
  const isPaused = store.pause.picture.value !== null;
  return (
    <header class={`page-head live-head${store.wanted.value.endMs === null ? '' : ' is-past'}`}>
      <div class="head-row">
        <PageNav current="live" />
        <LinkState store={store} />
        <PersonMenu />
      </div>
      <div class="switches">
        <ViewsButton />
        <button
          type="button"
          class="button"
          aria-pressed={view.timeShown.value || store.wanted.value.kind !== 'live'}
          aria-keyshortcuts="h"
          onClick={() => {
            view.timeShown.value = !view.timeShown.value;
          }}
        >
          {say.time}
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={isPaused}
          disabled={store.wanted.value.endMs !== null}
          aria-keyshortcuts="p Space"
          onClick={store.pause.toggle}
        >
          {say.pause}
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={view.tablesShown.value}
          aria-keyshortcuts="t"
          onClick={() => {
            view.tablesShown.value = !view.tablesShown.value;
          }}
        >
          {say.tables}
        </button>
        <CopyLink />
        <button
          type="button"
          class="button"
          aria-pressed={isDark}
          aria-keyshortcuts="d"
          onClick={toggleTheme}
        >
          {say.dark}
        </button>
        <button type="button" class="button" aria-label={say.keys} aria-keyshortcuts="?" onClick={showKeys}>
          ?
        </button>
      </div>
    </header>
  );
}
