/** The address of what a page shows, and that in words. */
import { isPageAddress } from '../../core/view/saved-view.ts';
import { kioskParameters } from '../kiosk/rotation.ts';
import { places } from '../panels/places.ts';

/** Of the page as it is now; null where it is none that can be saved. */
export function shownAddress(): string | null {
  const { pathname, searchParams } = new URL(location.href);
  for (const name of kioskParameters) searchParams.delete(name);
  const search = searchParams.toString();
  const address = search === '' ? pathname : `${pathname}?${search}`;
  return isPageAddress(address) ? address : null;
}

export const pageName = (pathname: string): string =>
  places.find(({ href }) => href === pathname)?.name ?? pathname;

/** `days 30, genre Drama`; empty where nothing is asked. */
export const askedWords = (search: URLSearchParams): string =>
  [...search].map(([name, value]) => `${name} ${value}`).join(', ');

/** `Analytics: days 30, genre Drama`. */
export function addressWords(address: string): string {
  const { pathname, searchParams } = new URL(address, location.origin);
  const asked = askedWords(searchParams);
  return pageName(pathname) + (asked && `: ${asked}`);
}
