/**
 * Brings the pages of the documentation to life: the theme's switch, commands with this origin, requests that run. It
 * only sends GET to the origin that it came from. Without it the pages are whole, but for trying.
 */
import * as say from '../text/docs.ts';
import { addressOf, exampleOrigin, getCommand } from './curl.ts';

/** Of an answer's text; a day of minutes has half a megabyte. */
const shownCharactersMax = 20_000;
const shownHeaders = [
  'content-type',
  'etag',
  'cache-control',
  'x-cache',
  'age',
  'x-process-time',
  'server-timing',
  'x-request-id',
  'retry-after',
];

for (const command of document.querySelectorAll<HTMLElement>('[data-role="command"] code'))
  command.textContent = command.textContent.replace(exampleOrigin, location.origin);

for (const form of document.querySelectorAll<HTMLFormElement>('form.try')) {
  form.hidden = false;
  const command = form.closest('.operation')?.querySelector('[data-role="command"] code');
  form.addEventListener('input', () => {
    if (command)
      command.textContent = getCommand(location.origin, address(form), form.dataset.access === 'public');
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void run(form);
  });
}

function address(form: HTMLFormElement): string {
  const values = [...form.querySelectorAll('input')].map(({ name, value }) => [name, value] as const);
  return addressOf(form.dataset.path ?? '/', values);
}

async function run(form: HTMLFormElement): Promise<void> {
  const output = form.querySelector('output');
  if (!output) return;
  form.ariaBusy = 'true';
  const startedAt = performance.now();
  try {
    const response = await fetch(address(form), { headers: { accept: 'application/json' } });
    const text = await response.text();
    const ms = Math.round(performance.now() - startedAt);
    output.replaceChildren(
      line('status', (response.ok ? say.answeredIn : say.failedAfter)(response.status, ms)),
      ...(response.status === 401 ? [signInLink(form)] : []),
      block(say.headers, headersOf(response)),
      block(say.body, shortened(readable(text))),
    );
  } catch {
    output.replaceChildren(line('status', say.noAnswer));
  } finally {
    form.ariaBusy = 'false';
  }
}

/** A trial is made in the name of who is signed in here. */
function signInLink(form: HTMLFormElement): HTMLElement {
  const here = `${location.pathname}#${form.closest('.operation')?.id ?? ''}`;
  const link = document.createElement('a');
  link.href = `/sign-in?then=${encodeURIComponent(here)}`;
  link.textContent = say.signInToTryIt;
  const element = line('sign-in', '');
  element.append(link);
  return element;
}

function headersOf({ headers }: Response): string {
  return shownHeaders
    .flatMap((name) => (headers.has(name) ? [`${name}: ${headers.get(name)}`] : []))
    .join('\n');
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function shortened(text: string): string {
  const more = text.length - shownCharactersMax;
  return more > 0 ? say.shortened(text.slice(0, shownCharactersMax), more.toLocaleString('en')) : text;
}

function line(className: string, text: string): HTMLElement {
  const element = document.createElement('p');
  element.className = className;
  element.textContent = text;
  return element;
}

function block(title: string, text: string): HTMLElement {
  const element = document.createElement('pre');
  element.tabIndex = 0;
  element.ariaLabel = title;
  element.textContent = text;
  return element;
}
