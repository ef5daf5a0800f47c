import type { Store } from '../live/store.ts';

/** In place of numbers that the server has not sent: why, and when they come. */
export function Waiting({ store }: { readonly store: Store }) {
  const isPaused = store.pause.picture.value !== null;
  return (
    <p class="waiting quiet">
      {isPaused ? 'Not part of the paused picture. Resume to see it.' : 'Waiting for the first numbers.'}
    </p>
  );
}
