/** What all pages have in common is said once: a build puts it where their HTML files have the comments below. */
import type { Plugin } from 'vite';

const head = `<meta name="robots" content="noindex">
    <meta name="theme-color" content="#fafbfc" media="(prefers-color-scheme: light)">
    <meta name="theme-color" content="#0c1016" media="(prefers-color-scheme: dark)">
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <script src="/theme.js"></script>`;

/** Of a page that a script draws. */
const app = `<div id="app"></div>
    <noscript>
      <p class="noscript">
        This page is drawn by JavaScript, which is switched off. The <a href="/docs">API</a> does the same.
      </p>
    </noscript>`;

/** Puts `<!-- head -->` and `<!-- app -->` in their places, before anything else reads the page. */
export function pageShell(): Plugin {
  return {
    name: 'page-shell',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace('<!-- head -->', head).replace('<!-- app -->', app),
    },
  };
}
