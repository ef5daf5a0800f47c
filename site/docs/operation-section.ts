/** One operation of the reference: what it is for, what it takes, what it answers, and a place to try it. */
import type { Answer, Operation, Parameter } from '../../core/protocol/openapi-document.ts';
import { problemContentType } from '../../core/protocol/problem.ts';
import * as say from '../text/docs.ts';
import { commandOf } from './curl.ts';
import { type Html, html, phrase, prose } from './html.ts';
import { kindOf, type Schemas, schemaTable } from './schema-table.ts';

export interface Listed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

export function operationSection({ method, path, operation }: Listed, schemas: Schemas): Html {
  const { operationId, summary, description, parameters, requestBody } = operation;
  const body = requestBody?.content['application/json']?.schema;
  const answered = jsonAnswer(operation);
  return html`
    <section class="operation" id="${operationId}" aria-labelledby="${operationId}-title">
      <div class="told">
        <h3 id="${operationId}-title"><a href="#${operationId}">${summary}</a></h3>
        <p class="address"><b class="method">${method.toUpperCase()}</b> <code>${breakable(path)}</code></p>
        ${description !== undefined && prose(description)}
        <p class="quiet">${roleLine(operation['x-role'])}</p>
        ${parameters && parameterTable(parameters, schemas)}
        ${body && disclosed(say.fieldsOfTheBody, schemaTable(eventOf(body), schemas, 'required'))}
        ${answerTable(operation)}
        ${answered && disclosed(say.fieldsOfTheAnswer, schemaTable(answered.schema, schemas, 'optional'))}
      </div>
      <div class="desk">
        ${codeBlock(say.request, commandOf(method, path, operation), 'command')}
        ${answered?.example !== undefined && codeBlock(say.answerForExample, JSON.stringify(answered.example, null, 2))}
        ${method === 'get' && isPlain(operation) && tryForm(path, parameters ?? [], operation['x-role'])}
      </div>
    </section>`;
}

/** A list of things is described by the thing. */
function eventOf(schema: Parameters<typeof schemaTable>[0]): Parameters<typeof schemaTable>[0] {
  return schema.anyOf?.[0] ?? schema;
}

function jsonAnswer({ responses }: Operation) {
  const status = ['200', '202'].find((code) => code in responses);
  return status === undefined ? undefined : responses[status]?.content?.['application/json'];
}

/** Whether an answer comes and ends: no socket and no stream of events. */
function isPlain({ responses }: Operation): boolean {
  const types = Object.keys(responses['200']?.content ?? {});
  return types.length > 0 && !types.includes('text/event-stream');
}

function roleLine(role: string): Html {
  return role === 'public'
    ? html`Open to anyone.`
    : html`Needs the role <b>${role}</b>; a local run admits this machine.`;
}

function parameterTable(parameters: readonly Parameter[], schemas: Schemas): Html {
  const rows = parameters.map(
    ({ name, required, schema, description, example }) => html`
      <tr>
        <th scope="row"><code>${name}</code>${required && html` <b class="tag">required</b>`}</th>
        <td class="kind">${kindOf(schema, schemas)}</td>
        <td>${phrase(description)}. <span class="quiet">For example</span> <code>${String(example)}</code></td>
      </tr>`,
  );
  return html`
    <h4>Parameters</h4>
    <table>
      <thead><tr><th scope="col">Name</th><th scope="col">Kind</th><th scope="col">Meaning</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`;
}

function answerTable({ responses }: Operation): Html {
  const rows = Object.entries(responses).map(
    ([status, answer]) => html`
      <tr><th scope="row">${status}</th><td>${meaningOf(answer)}</td></tr>`,
  );
  return html`
    <h4>Answers</h4>
    <table class="answers">
      <thead><tr><th scope="col">Status</th><th scope="col">Meaning</th></tr></thead>
      <tbody>${rows}</tbody>
    </table>`;
}

function meaningOf({ description, content = {} }: Answer): Html {
  const problems = content[problemContentType]?.examples;
  if (problems) {
    const links = Object.entries(problems).map(
      ([code, { summary }]) =>
        html`<li><a href="/docs/problems#${code}"><code>${code}</code></a> <span>${summary}</span></li>`,
    );
    return html`<ul class="codes">${links}</ul>`;
  }
  const types = Object.keys(content).map((type) => html`<code>${type}</code> `);
  return types.length > 0 ? html`${description}: ${types}` : html`${description}`;
}

const disclosed = (title: string, content: Html): Html =>
  html`<details><summary>${title}</summary>${content}</details>`;

function codeBlock(title: string, text: string, role = 'example'): Html {
  return html`
    <figure class="code">
      <figcaption>${title}</figcaption>
      <pre tabindex="0" aria-label="${title}" data-role="${role}"><code>${text}</code></pre>
    </figure>`;
}

/** Shown by try-it.ts, which makes it work. */
function tryForm(path: string, parameters: readonly Parameter[], role: string): Html {
  const fields = parameters.map(
    ({ name, required, example, in: place }) => html`
      <label><span>${name}</span><input name="${name}" autocomplete="off" spellcheck="false" placeholder="${String(example)}"${place === 'path' && html` data-path`}${required && html` required`}></label>`,
  );
  return html`
    <form class="try" data-path="${path}" data-access="${role}" hidden>
      ${fields.length > 0 && html`<div class="fields">${fields}</div>`}
      <button type="submit" class="button primary">Try it</button>
      <output></output>
    </form>`;
}

/** A path may break before a slash, so that a phone shows all of it. */
function breakable(path: string): Html {
  return html`${path.split('/').map((part, index) => (index === 0 ? part : html`<wbr>/${part}`))}`;
}
