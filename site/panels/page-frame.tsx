/** The head, the body and the foot of a page beside the Live view, with the keys that all of them have. */
import { type ComponentChildren, render } from 'preact';
import { PersonMenu } from '../access/person-menu.tsx';
import { loadIdentity } from '../access/session.ts';
import { theme, toggleTheme, watchTheme } from '../theme/theme.ts';
import { PageFoot } from './page-foot.tsx';
import { PageNav, type PlaceInNav } from './page-nav.tsx';

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
          <button
            type="button"
            class="button"
            aria-pressed={theme.value === 'dark'}
            aria-keyshortcuts="d"
            onClick={toggleTheme}
          >
            Dark
          </button>
          <PersonMenu />
        </div>
      </header>
      <main>{children}</main>
      <PageFoot />
    </>
  );
}

/** As on the live view: not where somebody types. */
function pressed(event: KeyboardEvent): void {
  const { target, key, ctrlKey, metaKey, altKey } = event;
  if (ctrlKey || metaKey || altKey || document.querySelector('dialog[open]')) return;
  if (target instanceof Element && target.closest('input, select, textarea')) return;
  if (key === 'd') toggleTheme();
  if (key === '/') {
    event.preventDefault();
    document.querySelector<HTMLInputElement>('search input')?.focus();
  }
}

export function startFrame(page: ComponentChildren): void {
  watchTheme();
  void loadIdentity();
  addEventListener('keydown', pressed);
  const app = document.querySelector('#app');
  if (app) render(page, app);
}
