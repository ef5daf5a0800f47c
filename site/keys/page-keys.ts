/** The keys that every page has. */
import { whenAsked } from '../asked-for/when-asked.ts';
import { places } from '../panels/places.ts';
import { toggleTheme } from '../theme/theme.ts';
import { openViewsMenu } from '../views-menu/views-button.tsx';
import { bindKeys } from './key-list.ts';

/** As the page was opened: it may write its address anew. */
const asked = new URLSearchParams(location.search);
const toggle = (): void => whenAsked(({ toggleKiosk }) => toggleKiosk(asked));

export function bindPageKeys(): void {
  if (asked.has('kiosk')) toggle();
  const goTo = places.map(({ key, href, name }) => ({
    keys: [`g ${key}`],
    meaning: name,
    group: 'Go to' as const,
    press: () => location.assign(href),
    when: () => document.querySelector(`.page-nav [href="${href}"]`) !== null,
  }));
  bindKeys(
    { keys: ['/'], meaning: 'Search', group: 'This page', press: search, when: () => searchField() !== null },
    { keys: ['v'], meaning: 'Saved views', group: 'This page', press: openViewsMenu },
    { keys: ['d'], meaning: 'Light or dark', group: 'This page', press: toggleTheme },
    { keys: ['k'], meaning: 'Kiosk, for a screen on a wall', group: 'This page', press: toggle },
    { keys: ['?'], meaning: 'Show these keys', group: 'This page', press: showKeys },
    ...goTo,
  );
}

const searchField = () => document.querySelector<HTMLInputElement>('search input');
const search = (): void => searchField()?.focus();

export const showKeys = (): void => whenAsked(({ openKeySheet }) => openKeySheet());
