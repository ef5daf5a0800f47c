/** The head, the body and the foot of a page beside the Live view, with the keys that every page has. */
import { type ComponentChildren, render } from 'preact';
import { PersonMenu } from '../access/person-menu.tsx';
import { loadIdentity } from '../access/session.ts';
import { bindPageKeys, showKeys } from '../keys/page-keys.ts';
import * as say from '../text/frame.ts';
import { theme, toggleTheme, watchTheme } from '../theme/theme.ts';
import { ViewsButton } from '../views-menu/views-button.tsx';
import { PageFoot } from './page-foot.tsx';
import { PageNav } from './page-nav.tsx';
import type { PlaceInNav } from './places.ts';

interface PageFrameProps {
  readonly current: PlaceInNav;
  readonly children: ComponentChildren;
}

export function PageFrame({ current, children }: PageFrameProps) {
  return (
    <>
      <header class="page-head">
        <PageNav current={current} />
        <div class="switches head-end">
          <ViewsButton />
          <button
            type="button"
            class="button"
            aria-pressed={theme.value === 'dark'}
            aria-keyshortcuts="d"
            onClick={toggleTheme}
          >
            {say.dark}
          </button>
          <button type="button" class="button" aria-label={say.keys} aria-keyshortcuts="?" onClick={showKeys}>
            ?
          </button>
          <PersonMenu />
        </div>
      </header>
      <main>{children}</main>
      <PageFoot />
    </>
  );
}

export function startFrame(page: ComponentChildren): void {
  watchTheme();
  void loadIdentity();
  bindPageKeys();
  const app = document.querySelector('#app');
  if (app) render(page, app);
}
