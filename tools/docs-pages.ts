// A part of the site's build: openapi.json, and the pages that are made from it.
import type { Plugin } from 'vite';
import type { OpenApiDocument } from '../core/protocol/openapi-document.ts';
import { problemsPage } from '../site/docs/problems-page.ts';
import { referencePage } from '../site/docs/reference-page.ts';
import { apiDocument } from './api-document.ts';

/** Fills the bodies of docs.html and docs/problems.html, which hold the name of what fills them. */
export function docsPages(): Plugin {
  let document: OpenApiDocument | undefined;
  return {
    name: 'docs-pages',
    async buildStart() {
      document = await apiDocument();
    },
    transformIndexHtml: {
      order: 'pre',
      handler(page) {
        if (!document) return page;
        return page
          .replace('<!-- reference-page.ts -->', () => referencePage(document as OpenApiDocument).text)
          .replace('<!-- problems-page.ts -->', () => problemsPage().text);
      },
    },
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'openapi.json',
        source: `${JSON.stringify(document, null, 2)}\n`,
      });
    },
  };
}
