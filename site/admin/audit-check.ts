/** Whether the audit log is as it was written, in words. */

export interface CheckAnswer {
  readonly ok: boolean;
  /** Lines that are right, from the first on. */
  readonly rows: number;
  readonly fault: { readonly seq: number; readonly kind: string } | null;
  /** Heads that are noted outside of the log, and the newest of them. */
  readonly anchors: number;
  readonly newest_anchor: { readonly seq: number; readonly at: string } | null;
}

export interface Verdict {
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
};

export function verdictOf({ rows, fault, anchors, newest_anchor: newest }: CheckAnswer): Verdict {
  const right = rows === 0 ? 'No line is right.' : `Lines 1 to ${whole.format(rows)} are right.`;
  if (fault) {
    const words = faultWords[fault.kind];
    const seq = whole.format(fault.seq);
    return {
      isWhole: false,
      title: words ? words(seq) : `At line ${seq}: ${fault.kind}`,
      remarks: [right, 'Keep a copy of the database before anything else is done.'],
    };
  }
  const held = newest
    ? `It agrees with ${whole.format(anchors)} ${anchors === 1 ? 'head' : 'heads'} kept outside of it, the newest of line ${whole.format(newest.seq)}.`
    : 'No head is kept outside of it yet: that it was not written anew as a whole cannot be told.';
  return {
    isWhole: true,
    title:
      rows === 0
        ? 'The log is empty'
        : `The log is whole: ${whole.format(rows)} ${rows === 1 ? 'line' : 'lines'}`,
    remarks: [...(rows > 1 ? [right] : []), held],
  };
}
