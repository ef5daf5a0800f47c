/** What the service found wrong in a form, by the name of the field. */
import type { Problem } from '../../core/protocol/problem.ts';

export interface FormFaults {
  readonly fields: Readonly<Record<string, string>>;
  /** What belongs to no field; null where nothing does. */
  readonly rest: string | null;
}

export const noFaults: FormFaults = { fields: {}, rest: null };

/** `text`: said where the problem names no fields. A pointer into a field is its field's. */
export function formFaults(problem: Problem | null, text: string, names: readonly string[]): FormFaults {
  const fields: Record<string, string> = {};
  const rest: string[] = [];
  for (const { pointer, parameter, message } of problem?.errors ?? []) {
    const name = parameter ?? pointer?.split('/')[1] ?? '';
    if (names.includes(name)) fields[name] ??= sentence(message);
    else rest.push(sentence(`${name} ${message}`.trim()));
  }
  if (problem?.errors?.length) return { fields, rest: rest.length > 0 ? rest.join(' ') : null };
  return { fields, rest: text };
}

/** `must be ahead` -> `Must be ahead.` */
const sentence = (message: string): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}${/[.!?]$/.test(message) ? '' : '.'}`;
