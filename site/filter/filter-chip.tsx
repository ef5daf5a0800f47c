/** A filter as a chip: what of, is or is not, the values, and a cross. */
import * as say from '../text/time.ts';
import { type ValueList, valueText } from './value-list.ts';

interface FilterChipProps extends ValueList {
  readonly word: string;
  readonly valueWord?: (value: string) => string;
  /** Null takes it away. */
  readonly change: (text: string | null) => void;
}

export function FilterChip({ word, values, isNot, valueWord = String, change }: FilterChipProps) {
  return (
    <span class="chip">
      {word}
      <button
        type="button"
        class="chip-is"
        aria-label={say.turnRound(word, isNot ? say.isNot : say.isValue)}
        onClick={() => change(valueText(values, !isNot))}
      >
        {isNot ? say.isNot : say.isValue}
      </button>
      <bdi>{values.map(valueWord).join(', ')}</bdi>
      <button type="button" class="chip-off" aria-label={say.showAllAgain(word)} onClick={() => change(null)}>
        <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
          <path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" stroke-width="1.5" fill="none" />
        </svg>
      </button>
    </span>
  );
}
