/** What a list is narrowed to; part of the address, so that a link shows the same. */
export interface ListFilter<State extends string> {
  /** Null for all. */
  readonly state: State | null;
  readonly text: string;
}

export function filterOf<State extends string>(search: string, states: readonly State[]): ListFilter<State> {
  const asked = new URLSearchParams(search);
  const state = states.find((one) => one === asked.get('state')) ?? null;
  return { state, text: asked.get('text') ?? '' };
}

/** The part of the address after the path; empty where all is shown. */
export function searchOf({ state, text }: ListFilter<string>): string {
  const search = new URLSearchParams();
  if (state !== null) search.set('state', state);
  if (text !== '') search.set('text', text);
  return search.size > 0 ? `?${search}` : '';
}

/** Whether all words of a text are in one of the values, whatever their case. */
export function holds(values: readonly (string | null)[], text: string): boolean {
  const held = values.join('\n').toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => held.includes(word));
}
