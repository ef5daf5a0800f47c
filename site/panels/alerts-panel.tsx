/** Alerts: those that fire first, then those that were resolved in the last hour. Nothing is drawn while there are none. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { AlertFeed } from '../live/alert-feed.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';
import type { ViewState } from '../views/view-state.ts';
import { AlertItem } from './alert-item.tsx';

/** Of each kind; the rest is one click away. */
const firingShownMax = 6;
const resolvedShownMax = 3;

export function AlertsPanel({ store, view }: { readonly store: Store; readonly view: ViewState }) {
  const [isWhole, setIsWhole] = useState(false);
  const feed = store.alerts.value;
  const list = useAskedAlert(view, () => setIsWhole(true));
  const { firing, resolved, firingElsewhere } = feed;
  if (firing.length + resolved.length + firingElsewhere === 0) return null;
  // What somebody is writing about is never folded away under their hands.
  const written = store.acknowledgements.states.value;
  const first = (alerts: readonly AlertRow[], max: number): readonly AlertRow[] =>
    alerts.filter(({ id }, i) => isWhole || i < max || written.has(id));
  const shown = [...first(firing, firingShownMax), ...first(resolved, resolvedShownMax)];
  const hidden = firing.length + resolved.length - shown.length;
  return (
    <section class="panel alerts-panel" aria-labelledby="alerts-title" ref={list}>
      <header class="panel-head">
        <h2 id="alerts-title">
          {say.alerts} <span class="quiet plain">{summary(feed)}</span>
        </h2>
        {firingElsewhere > 0 && (
          <button type="button" class="mention elsewhere" onClick={() => store.choose({ region: null })}>
            {say.firingElsewhere(firingElsewhere)}
          </button>
        )}
      </header>
      {shown.length > 0 && (
        <ul class="alert-list">
          {shown.map((alert) => (
            <AlertItem key={alert.id} alert={alert} store={store} />
          ))}
        </ul>
      )}
      {(hidden > 0 || isWhole) && (
        <button type="button" class="mention more" onClick={() => setIsWhole(!isWhole)}>
          {isWhole ? say.showFewer : say.showMore(hidden)}
        </button>
      )}
    </section>
  );
}

function summary({ firing, resolved }: AlertFeed): string {
  const over = say.resolvedCount(resolved.length);
  if (firing.length === 0) return resolved.length === 0 ? say.noneHere : say.noneFiring(over);
  return resolved.length === 0 ? say.firingCount(firing.length) : say.firingOver(firing.length, over);
}

/** Scrolls to the alert that was asked for and gives it the focus; one that is folded away is unfolded first. */
function useAskedAlert(view: ViewState, unfold: () => void) {
  const list = useRef<HTMLElement>(null);
  const asked = view.askedAlert.value;
  useEffect(() => {
    if (asked === null) return;
    unfold();
    const show = requestAnimationFrame(() => {
      const item = list.current?.querySelector<HTMLElement>(`[data-alert="${CSS.escape(asked)}"]`);
      item?.scrollIntoView({ block: 'center' });
      item?.focus({ preventScroll: true });
      view.askedAlert.value = null;
    });
    return () => cancelAnimationFrame(show);
  }, [asked]);
  return list;
}
