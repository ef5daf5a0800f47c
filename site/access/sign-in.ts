/** The page /sign-in: takes a token, from its field or from the fragment of a link, and goes where one came from. */
import { personIdOf } from '../../core/access/sign-in-token.ts';
import * as say from '../text/sign-in.ts';
import { returnAddress } from './return-address.ts';
import { askService } from './service.ts';
import type { Identity } from './session.ts';
import { shownToken, tokenFault } from './shown-token.ts';
import { signInFailure } from './sign-in-failure.ts';

interface Session {
  readonly data: Identity;
}

const form = find<HTMLFormElement>('form');
const field = find<HTMLInputElement>('token');
const send = find<HTMLButtonElement>('send');
const show = find<HTMLButtonElement>('show');
const failure = find('failure');
const byLink = find('by-link');
const signedIn = find('signed-in');
const another = find<HTMLButtonElement>('another');
/** Of a link that was opened while somebody else was signed in. */
let tokenOfLink: string | null = null;

function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`the page has no #${id}`);
  return element as T;
}

/** The token of a link. It is taken out of the address, and so out of the history, before anything else is done. */
function takeToken(): string | null {
  const { hash, pathname, search } = location;
  if (!hash.startsWith('#mqp_')) return null;
  history.replaceState(null, '', pathname + search);
  return hash.slice(1);
}

const target = (): string => returnAddress(new URLSearchParams(location.search).get('then'), location.origin);

function showForm(): void {
  byLink.hidden = true;
  form.hidden = false;
  field.focus();
}

function fail(text: string): void {
  showForm();
  failure.textContent = text;
  field.ariaInvalid = 'true';
  field.select();
}

async function signIn(token: string): Promise<void> {
  if (send.disabled) return;
  failure.textContent = '';
  field.ariaInvalid = null;
  const fault = tokenFault(token);
  if (fault !== null) return fail(fault);
  send.disabled = true;
  send.textContent = say.signingIn;
  const answer = await askService<Session>('/api/session', { method: 'POST', body: { token } });
  if (answer.ok) {
    field.value = '';
    location.replace(target());
    return;
  }
  send.disabled = false;
  send.textContent = say.signIn;
  fail(signInFailure(answer));
}

async function begin(): Promise<void> {
  const token = takeToken();
  signedIn.hidden = true;
  form.hidden = true;
  byLink.hidden = token === null;
  const answer = await askService<Session>('/api/session');
  if (token !== null && !answer.ok) return signIn(token);
  if (!answer.ok) {
    showForm();
    // Nobody being signed in is why the page was opened; anything else is in the way of signing in too.
    if (answer.status !== 401) failure.textContent = signInFailure(answer);
    return;
  }
  const { id, name, role } = answer.value.data;
  if (token !== null && personIdOf(token) === id) return location.replace(target());
  // Whoever made the link, of this site or another, does not decide as whom one goes on.
  tokenOfLink = token;
  byLink.hidden = true;
  another.textContent = token === null ? say.signInAsAnother : say.signInWithTheLink;
  find('who').textContent = name;
  find('role').textContent = role;
  find<HTMLAnchorElement>('go-on').href = target();
  signedIn.hidden = false;
  find('go-on').focus();
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void signIn(shownToken(field.value));
});
show.addEventListener('click', () => {
  const isShown = field.type === 'password';
  field.type = isShown ? 'text' : 'password';
  show.ariaPressed = String(isShown);
  field.focus();
});
another.addEventListener('click', () => {
  signedIn.hidden = true;
  if (tokenOfLink === null) showForm();
  else void signIn(tokenOfLink);
});
addEventListener('hashchange', () => void begin());
void begin();
