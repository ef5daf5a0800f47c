import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';

/** Calmly: what of the address means nothing, and that the rest is shown. */
export function LeftWords({ store }: { readonly store: Store }) {
  const left = store.left.value;
  if (left.length === 0) return null;
  return (
    <p class="left-words" role="status">
      <span>
        {say.leftOutOfAddress} <bdi>{left.join(', ')}</bdi>
      </span>
      <button
        type="button"
        class="button"
        onClick={() => {
          store.left.value = [];
        }}
      >
        {say.close}
      </button>
    </p>
  );
}
