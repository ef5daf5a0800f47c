import type { Figure } from '../format/number.ts';

/** A number with its unit, smaller; read aloud and shown on hover in full. */
export function Quantity({ figure }: { readonly figure: Figure }) {
  const { text, unit, exact } = figure;
  const isWhole = exact === text;
  return (
    <span class="figure" title={isWhole ? undefined : exact}>
      <span aria-hidden={isWhole ? undefined : 'true'}>
        {text}
        {unit !== '' && <span class="unit">{unit}</span>}
      </span>
      {!isWhole && <span class="unseen">{exact}</span>}
    </span>
  );
}
