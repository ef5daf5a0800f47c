/** The body of /docs: the whole reference, from the description of the API. */
import type { OpenApiDocument } from '../../core/protocol/openapi-document.ts';
import * as say from '../text/docs.ts';
import { frame } from './frame.ts';
import { type Html, html, phrase, prose } from './html.ts';
import { type Listed, operationSection } from './operation-section.ts';

export function referencePage(document: OpenApiDocument): Html {
  const { info, tags, components } = document;
  const groups = tags.map((tag) => ({ ...tag, operations: operationsOf(document, tag.name) }));
  const main = html`
    <div class="columns">
      <nav class="contents" aria-label="Operations">
        <details open>
          <summary>Operations</summary>
          ${groups.map(({ name, operations }) => contentsOf(name, operations))}
        </details>
      </nav>
      <main id="main" tabindex="-1">
        <header class="intro">
          <h1>${info.title} API <span class="quiet">${info.version}</span></h1>
          ${prose(info.description)}
          ${everyAnswer}
        </header>
        ${groups.map(
          ({ name, description, operations }) => html`
            <h2 id="${slug(name)}">${name} <span class="quiet">${phrase(description)}</span></h2>
            ${operations.map((operation) => operationSection(operation, components.schemas))}`,
        )}
      </main>
    </div>`;
  return frame('/docs', say.apiReference, main);
}

/** What is true of all answers is said once. */
const everyAnswer = html`
  <dl class="facts">
    <div><dt>Fresh</dt><dd>An answer about a range is at most 2 s old; <code>x-cache</code> says whether it was shared. <code>cache-control: no-cache</code> asks anew.</dd></div>
    <div><dt>Unchanged</dt><dd>Send the <code>etag</code> back as <code>if-none-match</code>, and an answer that is the same is an empty 304.</dd></div>
    <div><dt>Traced</dt><dd>Every answer bears <code>x-request-id</code>, yours if you sent one; the log has the same.</dd></div>
    <div><dt>Refused</dt><dd>Errors are <code>application/problem+json</code>. <a href="/docs/problems">Every code and what to do</a>.</dd></div>
  </dl>`;

function operationsOf({ paths }: OpenApiDocument, tag: string): Listed[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .map(([method, operation]) => ({ method, path, operation }))
      .filter(({ operation }) => operation.tags[0] === tag),
  );
}

function contentsOf(name: string, operations: readonly Listed[]): Html {
  const links = operations.map(
    ({ method, operation: { operationId, summary } }) => html`
      <li><a href="#${operationId}"><span class="verb">${method.toUpperCase()}</span> <span>${summary}</span></a></li>`,
  );
  return html`<p><a href="#${slug(name)}">${name}</a></p><ul>${links}</ul>`;
}

const slug = (name: string): string => `tag-${name.toLowerCase()}`;
