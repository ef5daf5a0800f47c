/** The browser's own modal dialog: it keeps the focus, closes by Esc, and gives the focus back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  /** Shows what will not be shown again: Esc does not close it. */
  readonly isGuarded?: boolean;
  readonly children: ComponentChildren;
}

/** What had the focus before the first of the dialogs that follow each other. */
let opener: HTMLElement | null = null;

/** Open as long as it is drawn. What is to have the focus first bears `autofocus`. */
export function Dialog({ title, close, isGuarded = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the next key comes.
  useLayoutEffect(() => {
    const active = document.activeElement;
    if (active instanceof HTMLElement && active !== document.body) opener = active;
    dialog.current?.showModal();
    return () => {
      // Once the list behind is drawn anew: what opened it may be gone. A dialog that follows keeps the focus.
      requestAnimationFrame(() => {
        if (document.querySelector('dialog[open]')) return;
        (opener?.isConnected ? opener : document.querySelector('h1'))?.focus();
      });
    };
  }, []);
  // Chromium lets a second Esc through if only the first is refused.
  useEffect(() => dialog.current?.setAttribute('closedby', isGuarded ? 'none' : 'closerequest'), [isGuarded]);
  return (
    <dialog
      class="dialog"
      ref={dialog}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        // It closes by being drawn no more; the event `close` would come later than the next key may.
        event.preventDefault();
        if (!isGuarded) close();
      }}
      onClose={close}
    >
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}
