/** The button, and then the line for a comment: Enter sends, Esc leaves. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { alertCommentLengthMax } from '../../core/protocol/limits.ts';
import type { Acknowledgements, AckState } from '../live/acknowledgements.ts';

interface AcknowledgeProps {
  readonly alert: AlertRow;
  readonly acknowledgements: Acknowledgements;
}

export function Acknowledge({ alert, acknowledgements }: AcknowledgeProps) {
  const button = useRef<HTMLButtonElement>(null);
  const state = acknowledgements.states.value.get(alert.id);
  if (state?.kind === 'writing' || state?.kind === 'sending') {
    const leave = (): void => {
      acknowledgements.leave(alert.id);
      // Where the person came from; the button is drawn anew by then.
      requestAnimationFrame(() => button.current?.focus());
    };
    return <Comment alert={alert} state={state} acknowledgements={acknowledgements} leave={leave} />;
  }
  return (
    <button
      type="button"
      class="button"
      ref={button}
      aria-label={`Acknowledge: ${alert.message}`}
      onClick={() => acknowledgements.write(alert.id, '')}
    >
      Acknowledge
    </button>
  );
}

interface CommentProps extends AcknowledgeProps {
  readonly state: Extract<AckState, { readonly comment: string }>;
  readonly leave: () => void;
}

function Comment({ alert, state, acknowledgements, leave }: CommentProps) {
  const form = useRef<HTMLFormElement>(null);
  const isSending = state.kind === 'sending';
  const failure = state.kind === 'writing' ? state.failure : null;
  // Before the next key comes.
  useLayoutEffect(() => form.current?.querySelector('input')?.focus(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    // What had the focus goes with the form; the alert itself stays.
    const item = form.current?.closest<HTMLElement>('.alert');
    void acknowledgements.send(alert.id).then(() =>
      requestAnimationFrame(() => {
        if (form.current === null && document.activeElement === document.body) item?.focus();
      }),
    );
  };
  const leaveByKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || isSending) return;
    // One Esc leaves one thing: the filter stays.
    event.preventDefault();
    leave();
  };
  return (
    <form class="comment-form" ref={form} onSubmit={submit} onKeyDown={leaveByKey}>
      <input
        type="text"
        aria-label="Comment on the acknowledgement"
        placeholder="Comment, if you like"
        maxLength={alertCommentLengthMax}
        value={state.comment}
        // Not disabled: that would take the focus away.
        readOnly={isSending}
        dir="auto"
        onInput={({ currentTarget }) => acknowledgements.write(alert.id, currentTarget.value)}
      />
      <button type="submit" class="button primary" disabled={isSending}>
        {isSending ? 'Sending' : 'Acknowledge'}
      </button>
      {!isSending && (
        <button type="button" class="button" onClick={leave}>
          Cancel
        </button>
      )}
      {failure !== null && (
        <p class="failure" role="alert">
          Not acknowledged. {failure}
        </p>
      )}
    </form>
  );
}
