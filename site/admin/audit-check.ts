/** Whether the audit log is as it was written: asked piece by piece, and said in words. */
import type { ServiceAnswer } from '../access/service.ts';

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
    if (data.next === cursor) return { failure: 'The check does not move on.' };
    cursor = data.next;
  }
}

interface Verdict {
  readonly isWhole: boolean;
  readonly title: string;
  readonly remarks: readonly string[];
}

const whole = new Intl.NumberFormat('en-US');

const faultWords: Readonly<Record<string, (seq: string) => string>> = {
  changed: (seq) => `Line ${seq} is not what was written`,
  swapped: (seq) => `Line ${seq} stands where another one stood`,
  inserted: (seq) => `Line ${seq} was put in afterwards`,
  missing: (seq) => `Line ${seq} is missing, though later ones are there`,
  truncated_start: () => 'The beginning of the log is missing',
  truncated_end: (seq) => `The end of the log is missing, from line ${seq} on`,
  rewritten: (seq) => `The log was written anew, up to line ${seq} at least`,
  forged_start: () => 'Where the log is said to begin is not where it says itself',
};

export function verdictOf({ rows, removed, fault, newest_anchor: newest }: CheckAnswer): Verdict {
  const [first, last] = [whole.format(removed + 1), whole.format(removed + rows)];
  const right = rows === 0 ? 'No line is right.' : `Lines ${first} to ${last} are right.`;
  if (fault) {
    const seq = whole.format(fault.seq);
    return {
      isWhole: false,
      title: faultWords[fault.kind]?.(seq) ?? `At line ${seq}: ${fault.kind}`,
      remarks: [right, 'Keep a copy of the database before anything else is done.'],
    };
  }
  return {
    isWhole: true,
    title: rows === 0 ? 'The log is empty' : `The log is whole up to line ${last}`,
    remarks: [
      ...(rows > 0 ? [`${whole.format(rows)} ${rows === 1 ? 'line was' : 'lines were'} checked.`] : []),
      ...(removed > 0 ? [`${whole.format(removed)} before them were removed for their age.`] : []),
      newest
        ? `They agree with what is noted outside of the log, up to line ${whole.format(newest.seq)}.`
        : 'Nothing is noted outside of the log yet: that all of it was written anew cannot be told.',
    ],
  };
}
