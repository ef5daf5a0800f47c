import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { Problem } from '../../core/protocol/problem.ts';
import type { AckAnswer, AlertAction } from './acknowledgements.ts';

/** After this long the person is told that no answer came; sending again then finds out. */
const answerMsMax = 10_000;

/** Acknowledges an alert, or closes it, over HTTP. */
export async function browserAck(id: string, action: AlertAction, comment: string): Promise<AckAnswer> {
  try {
    const answer = await fetch(`/api/alerts/${encodeURIComponent(id)}/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(comment === '' ? {} : { comment }),
      signal: AbortSignal.timeout(answerMsMax),
    });
    const body: unknown = await answer.json();
    if (answer.ok) return { kind: 'row', row: (body as { data: AlertRow }).data };
    const { title, detail } = body as Partial<Problem>;
    return { kind: 'failure', text: detail ?? title ?? `The server answered ${answer.status}.` };
  } catch {
    return { kind: 'failure', text: 'The server did not answer. Send it again: only the first is kept.' };
  }
}
