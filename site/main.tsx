import 'uplot/dist/uPlot.min.css';
import './theme/tokens.css';
import './theme/base.css';
import './views/live.css';
import './chart/chart.css';
import './annotations/annotated.css';
import './panels/mark.css';
import './panels/page-head.css';
import './panels/page-nav.css';
import './panels/filter-line.css';
import './time/time-bar.css';
import './access/person-menu.css';
import './panels/page-foot.css';
import './panels/service-panel.css';
import './panels/alerts-panel.css';
import './panels/figures-panel.css';
import './panels/regions-panel.css';
import './panels/map-panel.css';
import './panels/trending-panel.css';
import './panels/shares-panel.css';
import { computed, effect } from '@preact/signals';
import { render } from 'preact';
import { currentIdentity, loadIdentity, signInAddress } from './access/session.ts';
import { watchAnnotations } from './annotations/annotation-list.ts';
import { isEmbed, sayWhyOver } from './embed/embed.ts';
import { valueListOf } from './filter/value-list.ts';
import { watchAddress } from './live/address.ts';
import { onlyRegion } from './live/asked.ts';
import { browserPorts, browserStore } from './live/browser-ports.ts';
import { LiveConnection } from './live/connection.ts';
import { createStore } from './live/store.ts';
import { watchTheme } from './theme/theme.ts';
import { watchKeys } from './views/keys.ts';
import { LiveView } from './views/live.tsx';
import { watchTitle } from './views/title.ts';
import { createViewState } from './views/view-state.ts';

/** Ages and the right edge of the charts move on even when no frame comes. */
const tickMs = 500;

const place = document.querySelector('#app');
const over = (): void => {
  if (!place) return;
  render(null, place);
  void sayWhyOver(place);
};
const store = createStore(browserStore);
const view = createViewState();
const connection = new LiveConnection(browserPorts, store.heard.events);

watchAddress(store);
effect(() => connection.breakDown(onlyRegion(store.asked.value)));

// A service that was away when the page opened is asked again once it is there.
effect(() => {
  const { kind } = store.heard.link.value;
  if (kind === 'signed-out') currentIdentity.value = null;
  if (kind === 'signed-out' && isEmbed) over();
  if (kind === 'live' && currentIdentity.peek() === null) void loadIdentity();
});

// Of the time that the charts show, and of the regions that are filtered to.
watchAnnotations(
  computed(() => {
    const times = [store.panes.value.times, store.minutes.value.times];
    const from = Math.min(...times.map(([first]) => first ?? Number.POSITIVE_INFINITY));
    const to = Math.max(...times.map((all) => all.at(-1) ?? 0));
    const regions = valueListOf(store.asked.value.region ?? '');
    return isEmbed || store.live.value === null || from > to ? null : { from, to, regions };
  }),
);
watchTheme();
watchTitle(store.heard);
if (!isEmbed) watchKeys(store, view);
addEventListener('online', () => connection.networkChanged());
addEventListener('offline', () => connection.networkChanged());
document.addEventListener('visibilitychange', () => {
  if (!document.hidden) connection.retryNow();
});
setInterval(() => {
  // Where frames come, they move the time as well: drawing in between would only cost.
  if (performance.now() - store.heard.now.peek() >= tickMs) store.heard.tick();
}, tickMs);

// In place of what the page came with.
place?.replaceChildren();
if (place) render(<LiveView store={store} view={view} retry={() => connection.retryNow()} />, place);
connection.start();
void loadIdentity().then((found) => {
  if (found !== 'signed-out') return;
  if (isEmbed) over();
  else location.replace(signInAddress());
});
