/** A dialog beside the page, for what is loaded only once it is asked for: it needs no place in the page's own tree. */
import * as say from '../text/admin.ts';
import './dialog.css';
import './fields.css';
import { type ComponentChildren, render } from 'preact';
import { Dialog } from './dialog.tsx';

/** The last row of a dialog that only shows. */
export const closeRow = (close: () => void) => (
  <p class="choices">
    <button type="button" class="button" onClick={close}>
      {say.close}
    </button>
  </p>
);

/** One at a time: another one takes the place of the one that is open. */
export function openDialog(title: string, body: (close: () => void) => ComponentChildren): void {
  document.querySelector('.dialog-place')?.remove();
  const place = document.body.appendChild(document.createElement('div'));
  place.className = 'dialog-place';
  const close = (): void => {
    render(null, place);
    place.remove();
  };
  render(
    <Dialog title={title} close={close}>
      {body(close)}
    </Dialog>,
    place,
  );
}
