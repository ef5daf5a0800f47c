/** What Vite says before `import()`, said shorter: it also asks after nonces, other origins and links of other pages. */
import type { Plugin } from 'vite';

/**
 * Styles are there before what they are for; scripts are asked for at once, not one after the other. What failed is taken
 * away, so that it is asked for again the next time.
 */
const helper = `
export const __vitePreload = async (load, paths) => {
  await Promise.all(paths.map((path) => {
    const href = '/' + path;
    const isStyle = path.endsWith('.css');
    const link = document.querySelector(\`link[href="\${href}"]\`) ?? document.head.appendChild(
      Object.assign(document.createElement('link'), { rel: isStyle ? 'stylesheet' : 'modulepreload', href }));
    return isStyle && !link.sheet && new Promise((done) => {
      link.addEventListener('load', done);
      link.addEventListener('error', () => done(link.remove()));
    });
  }));
  return load();
};`;

export function shortPreload(): Plugin {
  return {
    name: 'short-preload',
    enforce: 'pre',
    load: (id) => (id === '\0vite/preload-helper.js' ? helper : null),
  };
}
