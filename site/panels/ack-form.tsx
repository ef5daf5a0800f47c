/** One line for a comment: Enter acknowledges, Esc leaves. An alert that fires can be closed here too. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { alertCommentLengthMax } from '../../core/protocol/limits.ts';
import type { Acknowledgements, AckState, AlertAction } from '../live/acknowledgements.ts';
import * as say from '../text/panels.ts';

interface AckFormProps {
  readonly alert: AlertRow;
  readonly state: Extract<AckState, { readonly comment: string }>;
  readonly acknowledgements: Acknowledgements;
  readonly leave: () => void;
}

export function AckForm({ alert, state, acknowledgements, leave }: AckFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const { id, acknowledged } = alert;
  const sent = state.kind === 'sending' ? state.action : null;
  // Before the next key comes.
  useLayoutEffect(() => form.current?.querySelector<HTMLElement>('input, button')?.focus(), []);
  const send = (action: AlertAction): void => {
    // What had the focus goes with the form; the alert itself stays.
    const item = form.current?.closest<HTMLElement>('.alert');
    void acknowledgements.send(id, action).then(() =>
      requestAnimationFrame(() => {
        if (form.current === null && document.activeElement === document.body) item?.focus();
      }),
    );
  };
  return (
    <form
      class="comment-form"
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        send(acknowledged ? 'resolve' : 'ack');
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || sent !== null) return;
        // One Esc leaves one thing: the filter stays.
        event.preventDefault();
        leave();
      }}
    >
      {acknowledged ? (
        <p>{say.closeQuestion}</p>
      ) : (
        <CommentLine
          comment={state.comment}
          isSent={sent !== null}
          write={(comment) => acknowledgements.write(id, comment)}
        />
      )}
      <Choices alert={alert} sent={sent} close={() => send('resolve')} leave={leave} />
      {state.kind === 'writing' && state.failure !== null && (
        <p class="failure" role="alert">
          {acknowledged ? say.notClosed : say.notAcknowledged} {state.failure}
        </p>
      )}
    </form>
  );
}

interface CommentLineProps {
  readonly comment: string;
  readonly isSent: boolean;
  readonly write: (comment: string) => void;
}

function CommentLine({ comment, isSent, write }: CommentLineProps) {
  return (
    <input
      type="text"
      aria-label={say.commentOnTheAcknowledgement}
      placeholder={say.commentIfYouLike}
      maxLength={alertCommentLengthMax}
      value={comment}
      // Not disabled: that would take the focus away.
      readOnly={isSent}
      dir="auto"
      onInput={({ currentTarget }) => write(currentTarget.value)}
    />
  );
}

interface ChoicesProps {
  readonly alert: AlertRow;
  readonly sent: AlertAction | null;
  readonly close: () => void;
  readonly leave: () => void;
}

/** The first submits the form. */
function Choices({ alert, sent, close, leave }: ChoicesProps) {
  const closeText = sent === 'resolve' ? say.sending : say.closeAlert;
  if (alert.acknowledged) {
    return (
      <>
        <button type="submit" class="button primary" disabled={sent !== null}>
          {closeText}
        </button>
        {sent === null && <Cancel leave={leave} />}
      </>
    );
  }
  return (
    <>
      <button type="submit" class="button primary" disabled={sent !== null}>
        {sent === 'ack' ? say.sending : say.acknowledge}
      </button>
      {alert.state === 'firing' && (
        <button type="button" class="button" disabled={sent !== null} onClick={close}>
          {closeText}
        </button>
      )}
      {sent === null && <Cancel leave={leave} />}
    </>
  );
}

function Cancel({ leave }: Pick<ChoicesProps, 'leave'>) {
  return (
    <button type="button" class="button" onClick={leave}>
      {say.cancel}
    </button>
  );
}
