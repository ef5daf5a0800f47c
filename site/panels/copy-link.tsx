import { useState } from 'preact/hooks';

/** How long the button says what it did, ms. */
const saidMs = 4_000;

/** Gives an address to the clipboard; if none is given, that of what is shown, filters included. */
export function CopyLink({ href }: { readonly href?: string }) {
  const [said, setSaid] = useState('');
  const say = (words: string): void => {
    setSaid(words);
    setTimeout(() => setSaid(''), saidMs);
  };
  const copy = (): void => {
    // Without permission, or over plain HTTP, the address bar has it.
    const refused = (): void => say('Not allowed');
    if (!navigator.clipboard) refused();
    else
      navigator.clipboard
        .writeText(new URL(href ?? '', location.href).href)
        .then(() => say('Link copied'), refused);
  };
  return (
    <>
      <button type="button" class="button" onClick={copy}>
        {said || 'Copy link'}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </>
  );
}
