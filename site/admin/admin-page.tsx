/** What the pages of an admin share: the head with its links, the theme, who is signed in, and the live region. */
import '../theme/tokens.css';
import '../theme/base.css';
import '../panels/mark.css';
import '../panels/page-nav.css';
import '../panels/page-head.css';
import '../panels/page-foot.css';
import '../access/person-menu.css';
import './admin.css';
import './dialog.css';
import { signal } from '@preact/signals';
import { type ComponentChildren, render } from 'preact';
import { PersonMenu } from '../access/person-menu.tsx';
import { loadIdentity } from '../access/session.ts';
import { PageFoot } from '../panels/page-foot.tsx';
import { PageNav } from '../panels/page-nav.tsx';
import { theme, toggleTheme, watchTheme } from '../theme/theme.ts';

const places = [
  ['keys', 'Keys'],
  ['people', 'People'],
  ['audit', 'Audit log'],
  ['reconcile', 'Accounts'],
] as const;
type Place = (typeof places)[number][0];

/** Read aloud when it changes: what an action came to. */
const said = signal('');

export function announce(text: string): void {
  said.value = text;
}

interface AdminPageProps {
  readonly place: Place;
  readonly children: ComponentChildren;
}

function AdminPage({ place, children }: AdminPageProps) {
  return (
    <>
      <header class="page-head">
        <PageNav current="admin" />
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
      <main>
        <nav class="admin-nav" aria-label="Administration">
          {places.map(([name, word]) => (
            <a
              key={name}
              href={`/admin/${name}`}
              {...(name === place && ({ 'aria-current': 'page' } as const))}
            >
              {word}
            </a>
          ))}
        </nav>
        {children}
      </main>
      <PageFoot />
      <p class="unseen" role="status">
        {said.value}
      </p>
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

export function startPage(place: Place, content: ComponentChildren): void {
  watchTheme();
  void loadIdentity();
  addEventListener('keydown', pressed);
  const app = document.querySelector('#app');
  if (app) render(<AdminPage place={place}>{content}</AdminPage>, app);
}

interface TitleProps {
  readonly title: string;
  readonly remark: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** The first line of a page, and what there is to do. It takes the focus when what had it is gone. */
export function Title({ title, remark, children }: TitleProps) {
  return (
    <header class="title">
      <div>
        <h1 tabIndex={-1}>{title}</h1>
        <p class="title-remark">{remark}</p>
      </div>
      {children}
    </header>
  );
}
