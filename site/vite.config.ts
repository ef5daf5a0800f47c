import { defineConfig, type Plugin } from 'vite';

/** The bodies of the pages of documentation are made by tools/docs-pages.ts. */
const pages = ['index.html', 'docs.html', 'docs/problems.html', '404.html', 'offline.html'];
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

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [shellOfServiceWorker()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    rolldownOptions: {
      // Loading the routes for the reference takes a second or two, and is meant to.
      checks: { pluginTimings: false },
      input: {
        ...Object.fromEntries(
          pages.map((page) => [page.replace('.html', ''), `${import.meta.dirname}/${page}`]),
        ),
        sw: `${import.meta.dirname}/service-worker/service-worker.ts`,
      },
      output: { entryFileNames: ({ name }) => (name === 'sw' ? 'sw.js' : 'assets/[name]-[hash].js') },
    },
    // The page's policy allows no inline script, and there is one chunk, so nothing to preload.
    modulePreload: false,
    // Nothing is inlined as data: addresses either.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
