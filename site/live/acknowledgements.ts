/**
 * Acknowledging and closing alerts: what a person is writing, has sent, and what the server said. Nothing counts as
 * done before the server has answered; then its row is shown until the live frame brings the same.
 */
import { type ReadonlySignal, signal } from '@preact/signals';
import type { AlertRow } from '../../core/alert/alert-row.ts';

/** `ack`: somebody has seen it. `resolve`: it is over, because a person says so. */
export type AlertAction = 'ack' | 'resolve';

export type AckState =
  | { readonly kind: 'writing'; readonly comment: string; readonly failure: string | null }
  | { readonly kind: 'sending'; readonly comment: string; readonly action: AlertAction }
  | { readonly kind: 'done'; readonly row: AlertRow };

export type AckAnswer =
  | { readonly kind: 'row'; readonly row: AlertRow }
  | { readonly kind: 'failure'; readonly text: string };

export type SendAck = (id: string, action: AlertAction, comment: string) => Promise<AckAnswer>;

export interface Acknowledgements {
  /** By alert id. */
  readonly states: ReadonlySignal<ReadonlyMap<string, AckState>>;
  write(id: string, comment: string): void;
  leave(id: string): void;
  /** Sends what was written; one at a time of each alert. */
  send(id: string, action: AlertAction): Promise<void>;
}

export function createAcknowledgements(sendAck: SendAck): Acknowledgements {
  const states = signal<ReadonlyMap<string, AckState>>(new Map());
  const set = (id: string, state: AckState | null): void => {
    const next = new Map(states.peek());
    if (state) next.set(id, state);
    else next.delete(id);
    states.value = next;
  };
  const isSending = (id: string): boolean => states.peek().get(id)?.kind === 'sending';
  return {
    states,
    write: (id, comment) => {
      if (!isSending(id)) set(id, { kind: 'writing', comment, failure: null });
    },
    leave: (id) => {
      if (!isSending(id)) set(id, null);
    },
    send: async (id, action) => {
      const state = states.peek().get(id);
      if (state?.kind !== 'writing') return;
      const { comment } = state;
      set(id, { kind: 'sending', comment, action });
      const answer = await sendAck(id, action, comment.trim());
      if (answer.kind === 'row') set(id, { kind: 'done', row: answer.row });
      else set(id, { kind: 'writing', comment, failure: answer.text });
    },
  };
}

/** The alert with what the server answered about it, as far as the frames do not have it yet. */
export function withAnswer(alert: AlertRow, state: AckState | undefined): AlertRow {
  if (state?.kind !== 'done') return alert;
  const { row } = state;
  const isSeenOnlyThere = row.acknowledged && !alert.acknowledged;
  const isOverOnlyThere = row.state === 'resolved' && alert.state === 'firing';
  if (!isSeenOnlyThere && !isOverOnlyThere) return alert;
  const { acknowledged, acknowledged_by, acknowledged_at, comment } = isSeenOnlyThere ? row : alert;
  const { resolved_at, resolution } = isOverOnlyThere ? row : alert;
  const { state: now } = isOverOnlyThere ? row : alert;
  return {
    ...alert,
    acknowledged,
    acknowledged_by,
    acknowledged_at,
    comment,
    state: now,
    resolved_at,
    resolution,
  };
}
