import { useState } from 'preact/hooks';

/** How long the button says what it did, ms. */
const saidMs = 4_000;

/** Gives the address of what is shown, filters included, to the clipboard. */
export function CopyLink() {
  const [said, setSaid] = useState('');
  const say = (words: string): void => {
    setSaid(words);
    setTimeout(() => setSaid(''), saidMs);
  };
  const copy = (): void => {
    // Without permission, or over plain HTTP, the address bar has it.
    const refused = (): void => say('Not allowed');
    if (!navigator.clipboard) refused();
    else navigator.clipboard.writeText(location.href).then(() => say('Link copied'), refused);
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
