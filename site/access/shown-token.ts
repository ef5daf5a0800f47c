import * as say from '../text/sign-in.ts';

/** The sign-in token in what a person pasted: the token, a whole link, or a line with spaces around. */
export function shownToken(text: string): string {
  return /mqp_[\w-]+/.exec(text)?.[0] ?? text.trim();
}

/** What is certainly no sign-in token is told here and sent nowhere; null for what the service has to judge. */
export function tokenFault(token: string): string | null {
  if (token === '') return say.pasteTheTokenFirst;
  if (/^mq_(live|local)_/.test(token)) {
    return say.isKeyOfProducer;
  }
  return null;
}
