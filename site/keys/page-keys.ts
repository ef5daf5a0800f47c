/** The keys that every page has. */
import { whenAsked } from '../asked-for/when-asked.ts';
import { places } from '../panels/places.ts';
import * as say from '../text/frame.ts';
import { toggleTheme } from '../theme/theme.ts';
import { openViewsMenu } from '../views-menu/views-button.tsx';
import { bindKeys, type Key } from './key-list.ts';

/** As the page was opened: it may write its address anew. */
const asked = new URLSearchParams(location.search);
const toggle = (): void => whenAsked(({ toggleKiosk }) => toggleKiosk(asked));

export function bindPageKeys(): void {
  if (asked.has('kiosk')) toggle();
  const goTo = places.map(
    ({ key, href, name }): Key => ({
      keys: [`g ${key}`],
      meaning: name,
      group: say.goTo,
      press: () => location.assign(href),
      when: () => document.querySelector(`.page-nav [href="${href}"]`) !== null,
    }),
  );
  bindKeys(
    {
      keys: ['/'],
      meaning: say.search,
      group: say.thisPage,
      press: search,
      when: () => searchField() !== null,
    },
    { keys: ['v'], meaning: say.savedViews, group: say.thisPage, press: openViewsMenu },
    { keys: ['d'], meaning: say.lightOrDark, group: say.thisPage, press: toggleTheme },
    { keys: ['k'], meaning: say.kiosk, group: say.thisPage, press: toggle },
    { keys: ['?'], meaning: say.showTheseKeys, group: say.thisPage, press: showKeys },
    ...goTo,
  );
}

const searchField = () => document.querySelector<HTMLInputElement>('search input');
const search = (): void => searchField()?.focus();

export const showKeys = (): void => whenAsked(({ openKeySheet }) => openKeySheet());
