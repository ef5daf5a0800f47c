/** A screen on a wall: no chrome, larger type, never asleep; on to the next region or saved view at an interval. */
import * as say from '../text/frame.ts';
import './kiosk.css';
import { bindKeys } from '../keys/key-list.ts';
import { loadViews, views } from '../views-menu/saved-views.ts';
import { kioskParameters, rotation } from './rotation.ts';

/** How long the pointer is seen after it was moved, ms. */
const pointerMs = 2_000;

let leave: (() => void) | null = null;

/** Once more leaves it. `asked`: the parameters of the page, as it was opened. */
export function toggleKiosk(asked: URLSearchParams): void {
  if (leave) leave();
  else enter(asked);
}

function enter(asked: URLSearchParams): void {
  const root = document.documentElement;
  const ended = new AbortController();
  const { signal } = ended;
  root.dataset.kiosk = '';
  setParameters(asked);
  // Canvases are drawn for the size that the style enlarges them to, and not blown up.
  const enlarged = Number(getComputedStyle(document.body).zoom) || 1;
  dispatchEvent(new CustomEvent('plotratio', { detail: devicePixelRatio * enlarged }));
  void stayAwake(signal);
  hidePointer(root, signal);
  const { everyMs, of } = rotation(asked, location.pathname);
  const timer = everyMs === null ? 0 : setInterval(of === 'views' ? nextView : nextRegion, everyMs);
  if (of === 'views') void loadViews();
  // Only a person's own key may fill the screen; a page that was opened so stays in its window.
  if (navigator.userActivation?.isActive) root.requestFullscreen?.().catch(() => undefined);
  document.addEventListener('fullscreenchange', () => document.fullscreenElement ?? leave?.(), { signal });
  const unbind = bindKeys({
    keys: ['Escape'],
    meaning: say.leaveTheKiosk,
    group: say.thisPage,
    press: () => leave?.(),
  });
  leave = () => {
    leave = null;
    ended.abort();
    clearInterval(timer);
    unbind();
    delete root.dataset.kiosk;
    delete root.dataset.pointer;
    setParameters(null);
    dispatchEvent(new CustomEvent('plotratio', { detail: devicePixelRatio }));
    if (document.fullscreenElement) void document.exitFullscreen();
  };
}

/** So that a reload shows the same. */
function setParameters(asked: URLSearchParams | null): void {
  const address = new URL(location.href);
  for (const name of kioskParameters) {
    const value = name === 'kiosk' && asked ? '1' : asked?.get(name);
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(history.state, '', address);
}

/** A lock ends when the page is hidden, and is asked for again when it is seen. Not every browser has one. */
async function stayAwake(signal: AbortSignal): Promise<void> {
  const ask = async (): Promise<void> => {
    if (document.hidden) return;
    const lock = await navigator.wakeLock?.request('screen').catch(() => null);
    if (signal.aborted) void lock?.release();
    else signal.addEventListener('abort', () => void lock?.release(), { once: true });
  };
  document.addEventListener('visibilitychange', () => void ask(), { signal });
  await ask();
}

function hidePointer(root: HTMLElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const moved = (): void => {
    root.dataset.pointer = '';
    clearTimeout(timer);
    timer = setTimeout(() => delete root.dataset.pointer, pointerMs);
  };
  addEventListener('pointermove', moved, { signal });
}

/** By name and not by trouble, whose order changes; after the last all of them. */
function nextRegion(): void {
  const buttons = [...document.querySelectorAll<HTMLElement>('.region-name')].sort((a, b) =>
    (a.textContent ?? '').localeCompare(b.textContent ?? '', 'en'),
  );
  const at = buttons.findIndex(({ ariaPressed }) => ariaPressed === 'true');
  // The one that is pressed is let go by another press.
  (buttons[at + 1] ?? buttons[at])?.click();
}

/** Shared ones and one's own, by name; the interval goes with the address. */
function nextView(): void {
  const all = views.peek() ?? [];
  const here = new URL(location.href);
  for (const name of kioskParameters) here.searchParams.delete(name);
  const at = all.findIndex(({ address }) => address === here.pathname + here.search);
  const next = all[(at + 1) % all.length];
  if (!next) return void loadViews();
  const address = new URL(next.address, location.origin);
  const asked = new URL(location.href).searchParams;
  for (const name of kioskParameters) address.searchParams.set(name, asked.get(name) ?? '');
  location.assign(address);
}
