/** What Vite says before `import()`, said shorter: it also asks after nonces, other origins and links of other pages. */
import type { Plugin } from 'vite';

/** Styles are there before what they are for; scripts are asked for at once, not one after the other. */
const helper = `
export const __vitePreload = async (load, paths) => {
  await Promise.all(paths.map((path) => {
    const href = '/' + path;
    if (document.querySelector(\`link[href="\${href}"]\`)) return;
    const isStyle = path.endsWith('.css');
    const link = Object.assign(document.createElement('link'), { rel: isStyle ? 'stylesheet' : 'modulepreload', href });
    document.head.append(link);
    return isStyle && new Promise((done) => { link.onload = link.onerror = done; });
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
