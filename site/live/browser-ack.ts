import type { AlertRow } from '../../core/alert/alert-row.ts';
import { askService } from '../access/service.ts';
import * as say from '../text/live.ts';
import type { AckAnswer, AlertAction } from './acknowledgements.ts';

/** Acknowledges an alert, or closes it, over HTTP. */
export async function browserAck(id: string, action: AlertAction, comment: string): Promise<AckAnswer> {
  const path = `/api/alerts/${encodeURIComponent(id)}/${action}`;
  const body = comment === '' ? {} : { comment };
  const answer = await askService<{ readonly data: AlertRow }>(path, { method: 'POST', body });
  if (answer.ok) return { kind: 'row', row: answer.value.data };
  const { status, text } = answer;
  return { kind: 'failure', text: status === 0 ? say.sendAgainSafely(text) : text };
}
