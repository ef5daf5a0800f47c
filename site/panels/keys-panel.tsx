import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

const keys: readonly (readonly [string, string])[] = [
  ['p', 'Pause and resume; the space bar too'],
  ['t', 'Show or hide the tables beside the charts'],
  ['d', 'Light or dark'],
  ['Esc', 'Undo the filter; leave a comment'],
  ['Arrows', 'In a chart: move the crosshair; Enter goes to the alert under it'],
  ['?', 'Show or hide this list'],
];

/** The keys, in the browser's own modal dialog, which keeps the focus and closes by Esc. */
export function KeysPanel({ shown }: { readonly shown: Signal<boolean> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isShown = shown.value;
  useEffect(() => {
    if (isShown) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isShown]);
  const close = (): void => {
    shown.value = false;
  };
  return (
    <dialog class="keys" ref={dialog} aria-labelledby="keys-title" onClose={close}>
      <h2 id="keys-title">Keys</h2>
      <dl>
        {keys.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">
        A click on a region, in the table, on the map or in an alert, filters the page to it.
      </p>
      <button type="button" class="button" onClick={close}>
        Close
      </button>
    </dialog>
  );
}
