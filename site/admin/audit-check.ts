/** Whether the audit log is as it was written: asked piece by piece, and said in words. */

import type { ServiceAnswer } from '../access/service.ts';
import { wholeText } from '../format/number.ts';
import * as say from '../text/admin-audit.ts';

/** Of one piece; what it says of rows holds for the pieces before it too. */
export interface CheckAnswer {
  readonly ok: boolean;
  /** Lines that are right, from the first on. */
  readonly rows: number;
  /** Lines of the log. */
  readonly total: number;
  /** Lines before the first one, which were removed for their age. */
  readonly removed: number;
  readonly done: boolean;
  /** Null at the end and at a fault. */
  readonly next: string | null;
  readonly fault: { readonly seq: number; readonly kind: string } | null;
  /** The newest head that is noted outside of the log. */
  readonly newest_anchor: { readonly seq: number; readonly at: string } | null;
}

type Ask = (path: string) => Promise<ServiceAnswer<{ readonly data: CheckAnswer }>>;

/** Asks until the end or a fault; `heard` is told each piece. The last answer, or why there is none. */
export async function checkWhole(
  ask: Ask,
  heard: (piece: CheckAnswer) => void,
): Promise<CheckAnswer | { readonly failure: string }> {
  for (let cursor: string | null = null; ; ) {
    const search = cursor === null ? '' : `?${new URLSearchParams({ cursor })}`;
    const answer = await ask(`/api/admin/audit/check${search}`);
    if (!answer.ok) return { failure: answer.text };
    const { data } = answer.value;
    heard(data);
    if (data.next === null) return data;
    if (data.next === cursor) return { failure: say.theCheckDoesNotMoveOn };
    cursor = data.next;
  }
}

interface Verdict {
  readonly isWhole: boolean;
  readonly title: string;
  readonly remarks: readonly string[];
}

const faultWords: Readonly<Record<string, (seq: string) => string>> = {
  changed: say.lineIsNotWhatWasWritten,
  swapped: say.lineStandsWhereAnotherOneStood,
  inserted: say.lineWasPutInAfterwards,
  missing: say.lineIsMissing,
  truncated_start: () => say.beginningIsMissing,
  truncated_end: say.endIsMissing,
  rewritten: say.logWrittenAnew,
  forged_start: () => say.beginsElsewhere,
};

export function verdictOf({ rows, removed, fault, newest_anchor: newest }: CheckAnswer): Verdict {
  const [first, last] = [wholeText(removed + 1), wholeText(removed + rows)];
  const right = rows === 0 ? say.noLineIsRight : say.linesAreRight(first, last);
  if (fault) {
    const seq = wholeText(fault.seq);
    return {
      isWhole: false,
      title: faultWords[fault.kind]?.(seq) ?? say.faultAtLine(seq, fault.kind),
      remarks: [right, say.keepACopy],
    };
  }
  return {
    isWhole: true,
    title: rows === 0 ? say.theLogIsEmpty : say.logIsWholeUpTo(last),
    remarks: [
      ...(rows > 0 ? [say.linesChecked(rows, wholeText(rows))] : []),
      ...(removed > 0 ? [say.removedForTheirAge(wholeText(removed))] : []),
      newest ? say.agreesWithNotes(wholeText(newest.seq)) : say.nothingNotedOutside,
    ],
  };
}
