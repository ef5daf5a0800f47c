import { useState } from 'preact/hooks';
import * as say from '../text/frame.ts';

/** How long the button says what it did, ms. */
const saidMs = 4_000;

/** Gives an address to the clipboard; if none is given, that of what is shown, filters included. */
export function CopyLink({ href }: { readonly href?: string }) {
  const [said, setSaid] = useState('');
  const tell = (words: string): void => {
    setSaid(words);
    setTimeout(() => setSaid(''), saidMs);
  };
  const copy = (): void => {
    // Without permission, or over plain HTTP, the address bar has it.
    const refused = (): void => tell(say.notAllowed);
    if (!navigator.clipboard) refused();
    else
      navigator.clipboard
        .writeText(new URL(href ?? '', location.href).href)
        .then(() => tell(say.linkCopied), refused);
  };
  return (
    <>
      <button type="button" class="button" onClick={copy}>
        {said || say.copyLink}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </>
  );
}
