import { defineConfig, minifySync, type Plugin } from 'vite';
import { pageHeaders, strictTransport } from '../core/protocol/security-headers.ts';
import { pageShell } from './page-shell.ts';
import { preactParts } from './preact-parts.ts';
import { shortPreload } from './preload.ts';
import { textsInPlace } from './texts-in-place.ts';
import { uplotParts } from './uplot-parts.ts';

/** The variables of the build. This file is checked with the types of a page, which has none. */
const { env } = (globalThis as unknown as { process: { env: Record<string, string | undefined> } }).process;

/** For those who build with them, and tests: all components in all states. Not in what is deployed. */
const forBuilders = env.MARQUEE_COMPONENTS === '1' ? ['components.html'] : [];

/** The bodies of the pages of documentation are made by tools/docs-pages.ts. */
const pages = [
  'index.html',
  'analytics.html',
  'alerts.html',
  'system.html',
  'admin/keys.html',
  'admin/people.html',
  'admin/embeds.html',
  'admin/audit.html',
  'admin/reconcile.html',
  'docs.html',
  'docs/problems.html',
  'sign-in.html',
  '404.html',
  'offline.html',
  ...forBuilders,
];
const served = (page: string): string => `/${page.replace(/(^index)?\.html$/, '')}`;

/** Tells the service worker what to keep: every page that it may be asked for, and what they load. */
function shellOfServiceWorker(): Plugin {
  return {
    name: 'shell-of-service-worker',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      const worker = bundle['sw.js'];
      if (worker?.type !== 'chunk') return;
      const kept = Object.keys(bundle).filter(
        (name) => name.startsWith('assets/') || (name !== '404.html' && pages.includes(name)),
      );
      const text = kept.map((name) => {
        const file = bundle[name];
        return `${name} ${file?.type === 'chunk' ? file.code : String(file?.source)}`;
      });
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text.join('\n')));
      const version = [...new Uint8Array(digest, 0, 8)]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('');
      const paths = [...kept.map(served), '/theme.js', '/favicon.svg'].sort();
      const shell = JSON.stringify(JSON.stringify({ version, paths }));
      worker.code = worker.code.replace(/(["'`])%SHELL%\1/, () => shell);
    },
  };
}

/** What the asset store says with every file, in its own form. Only a deployment's build is served over https. */
function headersOfAssets(): Plugin {
  const headers = { ...pageHeaders, ...(env.MARQUEE_HTTPS === '1' ? strictTransport : {}) };
  const rule = (path: string, of: Readonly<Record<string, string>>): string =>
    `${path}\n${Object.entries(of)
      .map(([name, value]) => `  ${name}: ${value}\n`)
      .join('')}`;
  const text = [
    rule('/*', headers),
    rule('/assets/*', { 'cache-control': 'public, max-age=31536000, immutable' }),
  ].join('\n');
  return {
    name: 'headers-of-assets',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: '_headers', source: text });
    },
  };
}

/**
 * What holds up the first picture is asked for first: a browser has six connections to a server without HTTP/2, and the
 * scripts, which Vite names before, took them.
 */
function stylesFirst(): Plugin {
  return {
    name: 'styles-first',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => {
        const styles = html.match(/ *<link rel="stylesheet"[^>]*>\n/g) ?? [];
        const rest = styles.reduce((text, style) => text.replace(style, ''), html);
        return rest.replace(/ *<script type="module"/, (script) => styles.join('') + script);
      },
    },
  };
}

/** site/public/theme.js is copied as it is; its comments are for those who read it there. */
function smallTheme(): Plugin {
  return {
    name: 'small-theme',
    async generateBundle() {
      const path = `${import.meta.dirname}/public/theme.js`;
      const { code } = minifySync(path, await this.fs.readFile(path, { encoding: 'utf8' }));
      this.emitFile({ type: 'asset', fileName: 'theme.js', source: code });
    },
  };
}

/** RFC 9116. The day is rounded: files that are the same are not copied anew, and do not restart a local run. */
function securityText(): Plugin {
  return {
    name: 'security-text',
    generateBundle() {
      const expires = new Date();
      expires.setUTCHours(0, 0, 0, 0);
      expires.setUTCFullYear(expires.getUTCFullYear() + 1);
      const lines = [
        `Contact: ${env.SECURITY_CONTACT ?? 'mailto:security@marquee.example'}`,
        `Expires: ${expires.toISOString()}`,
        'Preferred-Languages: en',
      ];
      this.emitFile({ type: 'asset', fileName: '.well-known/security.txt', source: `${lines.join('\n')}\n` });
    },
  };
}

/**
 * What two pages or more share lies in two chunks, one of the pages' frame with its charts and one of their lists and
 * forms, and not in a dozen: a dictionary of gzip is as long as its file, and both come once for all pages. What the
 * sign-in and the documentation use stays apart, since these need nothing else.
 */
const ofSmallPages =
  /html$|(?:alerts-panel|filter-line|tokens|base|notice)\.css|access\/(?:service|return|shown|sign)|site\/docs|service-worker/;
const ofLists = /site\/(?:text\/)?(?:admin|analytics|keys\/key-sheet)/;
const sharedChunks = {
  includeDependenciesRecursively: false,
  groups: [
    {
      name: 'frame',
      minShareCount: 2,
      priority: 2,
      test: (id: string) => !ofSmallPages.test(id) && !ofLists.test(id),
    },
    { name: 'lists', minShareCount: 2, priority: 1, test: (id: string) => !ofSmallPages.test(id) },
  ],
};

export default defineConfig({
  root: import.meta.dirname,
  // `createElement(tag, props, ...children)` rather than `jsx(tag, { ...props, children })`: 1 KB gzipped less in all.
  oxc: { jsx: { runtime: 'classic', pragma: 'createElement', pragmaFrag: 'Fragment' } },
  plugins: [
    pageShell(),
    stylesFirst(),
    textsInPlace(),
    uplotParts(),
    preactParts(),
    shortPreload(),
    smallTheme(),
    headersOfAssets(),
    securityText(),
    shellOfServiceWorker(),
  ],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    rolldownOptions: {
      // Loading the routes for the reference takes a second or two, and is meant to.
      checks: { pluginTimings: false },
      transform: {
        inject: { createElement: ['preact', 'createElement'], Fragment: ['preact', 'Fragment'] },
      },
      // A page whose texts are all in their places needs no file of texts.
      treeshake: { moduleSideEffects: (id) => !id.includes('/site/text/') },
      // A constant of another file stands where it is used: limits, addresses, words.
      optimization: { inlineConst: { mode: 'all', pass: 3 } },
      input: {
        ...Object.fromEntries(
          pages.map((page) => [page.replace('.html', ''), `${import.meta.dirname}/${page}`]),
        ),
        sw: `${import.meta.dirname}/service-worker/service-worker.ts`,
      },
      output: {
        entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js'),
        codeSplitting: sharedChunks,
      },
    },
    // Pages name the chunks that they share with others, so that these are not found out one after the other.
    modulePreload: { polyfill: false },
    // Nothing is inlined as data: addresses either.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
