import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    // The bodies of the pages of documentation are made by tools/docs-pages.ts.
    rolldownOptions: {
      input: ['index.html', 'docs.html', 'docs/problems.html'].map(
        (page) => `${import.meta.dirname}/${page}`,
      ),
    },
    emptyOutDir: true,
    // The page's policy allows no inline script, and there is one chunk, so nothing to preload.
    modulePreload: false,
    // Nothing is inlined as data: addresses either.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
