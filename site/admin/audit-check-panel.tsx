/** Has the log checked, and says what came of it. */

import { signal } from '@preact/signals';
import { secondText } from '../format/date.ts';
import { fixedText, wholeText } from '../format/number.ts';
import { Mark } from '../panels/mark.tsx';
import * as say from '../text/admin-audit.ts';
import { type CheckAnswer, checkWhole, verdictOf } from './audit-check.ts';
import { choose } from './audit-log.ts';
import { askAdmin } from './resource.ts';

interface Ended {
  readonly at: string;
  readonly tookMs: number;
  readonly outcome: Awaited<ReturnType<typeof checkWhole>>;
}

export const isChecking = signal(false);
const seconds = signal(0);
const piece = signal<CheckAnswer | null>(null);
const ended = signal<Ended | null>(null);

/** Lines that the page shows behind the place of a fault. */
const linesBehind = 3;

export async function checkLog(): Promise<void> {
  if (isChecking.peek()) return;
  isChecking.value = true;
  piece.value = null;
  seconds.value = 0;
  const startedMs = performance.now();
  const timer = setInterval(() => {
    seconds.value = Math.floor((performance.now() - startedMs) / 1000);
  }, 250);
  const outcome = await checkWhole(askAdmin, (data) => {
    piece.value = data;
  });
  clearInterval(timer);
  ended.value = { at: new Date().toISOString(), tookMs: performance.now() - startedMs, outcome };
  isChecking.value = false;
}

export function CheckPanel() {
  const shown = ended.value;
  return (
    <div class="check-place">
      {isChecking.value && <Busy />}
      <div role="status">{!isChecking.value && shown && <Result ended={shown} />}</div>
    </div>
  );
}

/** Not read aloud as it moves: screen readers tell of a progress by themselves. */
function Busy() {
  const { rows, total } = piece.value ?? {};
  return (
    <div class="check">
      <Mark kind="busy" size={14} />
      <p>
        <b>{say.checkingTheLog}</b>{' '}
        <span class="quiet">
          {rows !== undefined && total !== undefined && say.linesOfAll(wholeText(rows), wholeText(total))}
          {seconds.value > 0 && say.seconds(seconds.value)}
        </span>
      </p>
      <progress aria-label={say.linesThatAreChecked} value={rows} max={total || 1} />
    </div>
  );
}

function Result({ ended: { at, tookMs, outcome } }: { readonly ended: Ended }) {
  if ('failure' in outcome) {
    return (
      <div class="check check-failed">
        <Mark kind="warning" size={14} />
        <p>
          <b>{say.logNotChecked}</b> <span>{outcome.failure}</span>
        </p>
      </div>
    );
  }
  const { isWhole, title, remarks } = verdictOf(outcome);
  const seq = outcome.fault?.seq;
  return (
    <div class={`check ${isWhole ? 'check-whole' : 'check-fault'}`}>
      <Mark kind={isWhole ? 'healthy' : 'failing'} size={14} />
      <p>
        <b>{title}.</b> <span>{remarks.join(' ')}</span>{' '}
        <span class="quiet">{say.checkedAtIn(secondText(at), fixedText(tookMs / 1000, 1))}</span>
      </p>
      {seq !== undefined && (
        <button type="button" class="button" onClick={() => choose({ cursor: String(seq + linesBehind) })}>
          {say.showThePlace}
        </button>
      )}
    </div>
  );
}
