/** The browser's own modal dialog: it keeps the focus, closes by Esc, and gives the focus back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  /** Shows what will not be shown again: Esc does not close it. */
  readonly isGuarded?: boolean;
  readonly children: ComponentChildren;
}

/** Open as long as it is drawn. What is to have the focus first bears `autofocus`. */
export function Dialog({ title, close, isGuarded = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      // Once the list behind is drawn anew: what opened it may be gone.
      requestAnimationFrame(() => {
        const back = opener instanceof HTMLElement && opener.isConnected && opener !== document.body;
        (back ? opener : document.querySelector('h1'))?.focus();
      });
    };
  }, []);
  // Chromium lets a second Esc through if only the first is refused.
  useEffect(() => dialog.current?.setAttribute('closedby', isGuarded ? 'none' : 'closerequest'), [isGuarded]);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="dialog-title" onClose={close}>
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
}
