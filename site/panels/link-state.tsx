/** How the page hears of the service, and of what time the picture is; always in sight. */
import { clockText, dayTimeText } from '../format/time.ts';
import { liveFrame, stampOf } from '../live/frame.ts';
import { agoText } from '../live/frame-words.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/frame.ts';
import { Mark, type MarkKind } from './mark.tsx';

/** What it needs of a store, so that a page without the whole has it too. */
interface LinkedStore {
  readonly heard: Store['heard'];
  readonly pause: Pick<Store['pause'], 'picture'>;
  readonly wanted?: Store['wanted'];
  readonly feed?: Store['feed'];
}

export function LinkState({ store }: { readonly store: LinkedStore }) {
  const { mark, word } = stateOf(store);
  const stamp = stampOf(store.wanted?.value ?? liveFrame);
  const { asOf } = store.pause.picture.value ?? store.heard.moment.value;
  const shown = stamp ?? asOf;
  return (
    <p class="link-state">
      <span class="link-word" role="status">
        <Mark kind={mark} size={10} />
        {word}
      </span>
      {shown > 0 && (
        <time dateTime={new Date(shown).toISOString()}>
          {stamp === null ? clockText(shown) : dayTimeText(shown)}
        </time>
      )}
    </p>
  );
}

function stateOf(store: LinkedStore): { mark: MarkKind; word: string } {
  const { kind } = store.heard.link.value;
  const { behindMs } = store.heard.moment.value;
  const frame = store.wanted?.value ?? liveFrame;
  const { question } = frame;
  const stamp = stampOf(frame);
  switch (kind) {
    case 'connecting':
      return { mark: 'busy', word: say.connecting };
    case 'reconnecting':
      return { mark: 'busy', word: say.reconnecting };
    case 'signed-out':
      return { mark: 'idle', word: say.signedOut };
    case 'offline':
      return { mark: 'down', word: say.offline };
    case 'live':
      if (stamp !== null)
        return { mark: 'idle', word: say.past(agoText(store.heard.moment.value.asOf - stamp)) };
      if (store.pause.picture.value) return { mark: 'paused', word: say.paused };
      if (question && store.feed?.failure.value) return { mark: 'silent', word: say.noAnswer };
      if (behindMs > 0) return { mark: 'silent', word: say.secondsBehind(Math.round(behindMs / 1000)) };
      // The socket cannot tell this: it is asked for, and so it is not quite live.
      if (question?.everyMs) return { mark: 'info', word: say.everySeconds(question.everyMs / 1000) };
      return { mark: 'healthy', word: say.live };
  }
}
