/** Sends dead letters again (LOG-1b): offered to admins, and asked before. */
import { signal } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import { Dialog } from '../admin/dialog.tsx';
import { askAdmin } from '../admin/resource.ts';
import { countText } from '../format/number.ts';
import * as say from '../text/system.ts';

type Step = { readonly is: 'asked' | 'sending' } | { readonly is: 'over'; readonly text: string };
const step = signal<Step | null>(null);

interface Letters {
  readonly data: readonly { readonly key: string; readonly sendable: boolean }[];
  readonly meta: { readonly next_cursor: string | null };
}
interface Outcomes {
  readonly data: readonly { readonly outcome: string }[];
}

/** As many as one request may send. */
const pageRows = 100;
/** A press sends a thousand at most: each waits for R2 and the queue. */
const pagesMax = 10;

/** What came of it, in words. What is refused again has the same key: it is not sent twice. */
async function sendAll(): Promise<string> {
  let sent = 0;
  let cursor: string | null = '';
  for (let page = 0; page < pagesMax && cursor !== null; page++) {
    const after: string = cursor && `&cursor=${encodeURIComponent(cursor)}`;
    const read = await askAdmin<Letters>(`/api/admin/dead-letters?limit=${pageRows}${after}`);
    if (!read.ok) return say.sentButNotRead(countText(sent), read.text);
    const keys = read.value.data.filter(({ sendable }) => sendable).map(({ key }) => key);
    if (keys.length > 0) {
      const answer = await askAdmin<Outcomes>('/api/admin/dead-letters/redrive', {
        method: 'POST',
        body: { keys },
      });
      if (!answer.ok) return say.sentThenFailed(countText(sent), answer.text);
      sent += answer.value.data.filter(({ outcome }) => outcome === 'sent').length;
    }
    cursor = read.value.meta.next_cursor;
  }
  const more = cursor === null ? '' : say.thereAreMore;
  return say.sentAgain(sent, countText(sent), more);
}

export function SendAgain({ reload }: { readonly reload: () => void }) {
  const { value } = step;
  if (currentIdentity.value?.role !== 'admin') return null;
  const close = () => {
    step.value = null;
  };
  const send = async () => {
    step.value = { is: 'sending' };
    step.value = { is: 'over', text: await sendAll() };
    reload();
  };
  return (
    <p class="send-again">
      <button type="button" class="button" onClick={() => (step.value = { is: 'asked' })}>
        {say.sendAgain}
      </button>
      <span role="status">
        {value?.is === 'over' ? value.text : value?.is === 'sending' ? say.sending : ''}
      </span>
      {value?.is === 'asked' && (
        <Dialog title={say.sendTheDeadLettersAgain} close={close}>
          <p>{say.eachCountsOnce}</p>
          <p class="choices">
            <button type="button" class="button" onClick={close}>
              {say.leaveThem}
            </button>
            <button type="button" class="button primary" onClick={() => void send()}>
              {say.sendThemAgain}
            </button>
          </p>
        </Dialog>
      )}
    </p>
  );
}
