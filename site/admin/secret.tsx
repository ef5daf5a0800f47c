/** What is shown this once, to be copied as it stands. */
import { useRef, useState } from 'preact/hooks';
import { Mark } from '../panels/mark.tsx';
import * as say from '../text/admin.ts';

interface SecretProps {
  readonly label: string;
  readonly text: string;
  readonly isFirst?: boolean;
}

export function Secret({ label, text, isFirst = false }: SecretProps) {
  const place = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState('');
  const copy = (): void => {
    // Without permission it is chosen for the keys to copy.
    const choose = (): void => {
      if (place.current) getSelection()?.selectAllChildren(place.current);
      setSaid(say.pressCtrlC);
    };
    if (!navigator.clipboard) choose();
    else navigator.clipboard.writeText(text).then(() => setSaid(say.copied), choose);
  };
  return (
    <div class="secret">
      <p class="secret-label">{label}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section class="secret-text" tabIndex={0} aria-label={label}>
        <pre ref={place}>{text}</pre>
      </section>
      <button
        type="button"
        class={isFirst ? 'button primary' : 'button'}
        aria-label={`${said || say.copy}: ${label}`}
        autofocus={isFirst}
        onClick={copy}
      >
        {said || say.copy}
      </button>
      <span class="unseen" role="status">
        {said}
      </span>
    </div>
  );
}

export function ShownOnce({ what }: { readonly what: string }) {
  return (
    <p class="once">
      <Mark kind="warning" />
      <span>
        <b>{say.copyItNow}</b> {say.notShownAgain(what)}
      </span>
    </p>
  );
}
