/** What a list is narrowed by: a text, and one of the states with how many are in each. */
interface ListBarProps<State extends string> {
  readonly label: string;
  readonly text: string;
  readonly states: readonly { readonly state: State | null; readonly word: string; readonly count: number }[];
  readonly chosen: State | null;
  readonly set: (filter: { readonly state: State | null; readonly text: string }) => void;
}

export function ListBar<State extends string>({ label, text, states, chosen, set }: ListBarProps<State>) {
  return (
    <search class="list-bar">
      <input
        type="search"
        aria-keyshortcuts="/"
        aria-label={label}
        placeholder={label}
        value={text}
        onInput={({ currentTarget }) => set({ state: chosen, text: currentTarget.value })}
      />
      <p class="states">
        {states.map(({ state, word, count }) => (
          <button
            key={word}
            type="button"
            class="button"
            aria-pressed={state === chosen}
            onClick={() => set({ state, text })}
          >
            {word} <span class="count">{count}</span>
          </button>
        ))}
      </p>
    </search>
  );
}
