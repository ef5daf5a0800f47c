/** Has the log checked, and says what came of it. */
import { signal } from '@preact/signals';
import { Mark } from '../panels/mark.tsx';
import { type CheckAnswer, verdictOf } from './audit-check.ts';
import { choose } from './audit-log.ts';
import { clockText } from './moment.tsx';
import { askAdmin } from './resource.ts';

interface Ended {
  readonly at: string;
  readonly tookMs: number;
  readonly answer: CheckAnswer | null;
  /** Why there is no answer. */
  readonly failure: string;
}

export const isChecking = signal(false);
const seconds = signal(0);
const ended = signal<Ended | null>(null);

export async function checkLog(): Promise<void> {
  if (isChecking.peek()) return;
  isChecking.value = true;
  seconds.value = 0;
  const startedMs = performance.now();
  const timer = setInterval(() => {
    seconds.value = Math.floor((performance.now() - startedMs) / 1000);
  }, 250);
  const answer = await askAdmin<{ readonly data: CheckAnswer }>('/api/admin/audit/check');
  clearInterval(timer);
  ended.value = {
    at: new Date().toISOString(),
    tookMs: performance.now() - startedMs,
    answer: answer.ok ? answer.value.data : null,
    failure: answer.ok ? '' : answer.text,
  };
  isChecking.value = false;
}

export function CheckPanel() {
  const shown = ended.value;
  return (
    <div class="check-place" role="status">
      {isChecking.value ? (
        <div class="check check-busy">
          <Mark kind="busy" size={14} />
          <p>
            <b>Checking the log</b>
            <span class="quiet">{seconds.value > 0 && `${seconds.value}\u202fs`}</span>
          </p>
          <progress aria-label="Checking the log" />
        </div>
      ) : (
        shown && <Result ended={shown} />
      )}
    </div>
  );
}

function Result({ ended: { at, tookMs, answer, failure } }: { readonly ended: Ended }) {
  const when = `Checked at ${clockText(at)} in ${(tookMs / 1000).toFixed(1)}\u202fs.`;
  if (!answer) {
    return (
      <div class="check check-failed">
        <Mark kind="warning" size={14} />
        <p>
          <b>The log could not be checked.</b> <span>{failure}</span>
        </p>
      </div>
    );
  }
  const { isWhole, title, remarks } = verdictOf(answer);
  const seq = answer.fault?.seq;
  return (
    <div class={`check ${isWhole ? 'check-whole' : 'check-fault'}`}>
      <Mark kind={isWhole ? 'healthy' : 'failing'} size={14} />
      <p>
        <b>{title}.</b> <span>{remarks.join(' ')}</span> <span class="quiet">{when}</span>
      </p>
      {seq !== undefined && (
        <button type="button" class="button" onClick={() => choose({ cursor: String(seq + 3) })}>
          Show the place
        </button>
      )}
    </div>
  );
}
