/** What the pages of an admin share: the frame, the links between them, and the live region. */
import * as say from '../text/admin.ts';
import '../theme/tokens.css';
import '../theme/base.css';
import '../panels/mark.css';
import '../panels/page-nav.css';
import '../panels/page-head.css';
import '../panels/page-foot.css';
import '../access/person-menu.css';
import './fields.css';
import './admin.css';
import './dialog.css';
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { PageFrame, startFrame } from '../panels/page-frame.tsx';

const places = [
  ['keys', say.keys],
  ['people', say.people],
  ['embeds', say.embeds],
  ['audit', say.auditLog],
  ['reconcile', say.accounts],
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
      <PageFrame current="admin">
        <nav class="admin-nav" aria-label={say.administration}>
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
      </PageFrame>
      <p class="unseen" role="status">
        {said.value}
      </p>
    </>
  );
}

export function startPage(place: Place, content: ComponentChildren): void {
  startFrame(<AdminPage place={place}>{content}</AdminPage>);
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
