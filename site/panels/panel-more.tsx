import { whenAsked } from '../asked-for/when-asked.ts';
import * as say from '../text/panels.ts';

/** Opens the menu of a panel. */
export function PanelMore({ title }: { readonly title: string }) {
  return (
    <button
      type="button"
      class="panel-more"
      aria-haspopup="true"
      aria-label={say.takeAway(title)}
      title={say.takeAwayTitle}
      onClick={({ currentTarget }) => whenAsked(({ openPanelMenu }) => openPanelMenu(currentTarget))}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <path d="M3 8h0m5 0h0m5 0h0" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" />
      </svg>
    </button>
  );
}
