/** How the page hears of the service, and of what time the picture is; always in sight. */
import { clockText } from '../format/time.ts';
import type { Store } from '../live/store.ts';
import { Mark, type MarkKind } from './mark.tsx';

/** What it needs of a store, so that a page without the whole has it too. */
interface LinkedStore {
  readonly heard: Store['heard'];
  readonly pause: Pick<Store['pause'], 'picture'>;
}

export function LinkState({ store }: { readonly store: LinkedStore }) {
  const { mark, word } = stateOf(store);
  const { asOf } = store.pause.picture.value ?? store.heard.moment.value;
  return (
    <p class="link-state">
      <span class="link-word" role="status">
        <Mark kind={mark} size={10} />
        {word}
      </span>
      {asOf > 0 && <time dateTime={new Date(asOf).toISOString()}>{clockText(asOf)}</time>}
    </p>
  );
}

function stateOf(store: LinkedStore): { mark: MarkKind; word: string } {
  const { kind } = store.heard.link.value;
  const { behindMs } = store.heard.moment.value;
  switch (kind) {
    case 'connecting':
      return { mark: 'busy', word: 'Connecting' };
    case 'reconnecting':
      return { mark: 'busy', word: 'Reconnecting' };
    case 'signed-out':
      return { mark: 'idle', word: 'Signed out' };
    case 'offline':
      return { mark: 'down', word: 'Offline' };
    case 'live':
      if (store.pause.picture.value) return { mark: 'paused', word: 'Paused' };
      if (behindMs === 0) return { mark: 'healthy', word: 'Live' };
      return { mark: 'silent', word: `${Math.round(behindMs / 1000)} s behind` };
  }
}
