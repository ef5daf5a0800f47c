/** The Live view in a frame of another site (EMB-3): a panel of it or all, in the name of its token alone. */
import './embed.css';
import { askService, credential } from '../access/service.ts';

const asked = new URLSearchParams(location.search);

/** Whether this page is one. */
export const isEmbed = location.pathname === '/embed';

if (isEmbed) {
  credential.token = location.hash.slice(1);
  const { dataset } = document.documentElement;
  dataset.embed = asked.get('panel') ?? 'view';
  if (asked.has('transparent')) dataset.transparent = '';
  const theme = asked.get('theme');
  const isDark = matchMedia('(prefers-color-scheme: dark)').matches;
  // A choice that a person made on the site is not the frame's.
  dataset.theme = theme === 'dark' || (theme !== 'light' && isDark) ? 'dark' : 'light';
}

/** In place of the numbers, in the words of the service: it has ended, or was taken back. */
export async function sayWhyOver(place: Element): Promise<void> {
  const answer = await askService('/api/session');
  if (answer.ok) return location.reload();
  const text = document.createElement('p');
  text.className = 'embed-over';
  text.setAttribute('role', 'alert');
  text.textContent = answer.text;
  place.replaceChildren(text);
}
