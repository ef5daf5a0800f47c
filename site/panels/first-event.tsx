import { useState } from 'preact/hooks';
import * as say from '../text/panels.ts';

/** How to send the first event: to be copied, with a key put in. */
export function FirstEvent({ region }: { readonly region: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const event = { event_type: 'view', region, content_id: 'movie-1', session_id: 'session-1' };
  const command = `curl ${location.origin}/v1/events -H "authorization: Bearer $KEY" \\
  -H 'content-type: application/json' -d '${JSON.stringify(event)}'`;
  const copy = (): void => {
    // Without permission the text can still be selected by hand.
    navigator.clipboard.writeText(command).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
  };
  return (
    <div class="first-event">
      <p>
        {say.sendOneWithKey} <code>$KEY</code>:
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section class="command" tabIndex={0} aria-label={say.commandThatSendsAnEvent}>
        <pre>{command}</pre>
      </section>
      <button type="button" class="button" onClick={copy}>
        {isCopied ? say.copied : say.copy}
      </button>
      <p class="quiet">
        {say.whereKeysAre} <code>ingest_key</code> {say.inWord} <code>credentials.json</code>.
      </p>
    </div>
  );
}
