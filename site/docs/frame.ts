/** What the pages of the documentation share: the bar at the top with its links. */
import * as say from '../text/docs.ts';
import { type Html, html } from './html.ts';

const places = [
  ['/', say.liveView],
  ['/docs', say.reference],
  ['/docs/problems', say.problems],
  ['/openapi.json', 'openapi.json'],
] as const;

/** `here`: address of the page, marked among the links. */
export function frame(here: string, title: string, main: Html): Html {
  const links = places.map(
    ([address, name]) =>
      html`<li><a href="${address}"${address === here && html` aria-current="page"`}>${name}</a></li>`,
  );
  return html`
    <a class="skip" href="#main">Skip to the text</a>
    <header class="bar">
      <p class="product"><b>Marquee</b> <span class="quiet">${title}</span></p>
      <nav aria-label="Pages"><ul>${links}</ul></nav>
      <button type="button" class="button" id="theme" aria-pressed="false" hidden>Dark</button>
    </header>
    ${main}`;
}
