import type { ServiceAnswer } from './service.ts';

/** Why somebody is not signed in, and what to do. */
export function signInFailure(answer: Extract<ServiceAnswer<unknown>, { ok: false }>): string {
  const { status, text, problem, retryAfterS } = answer;
  switch (status) {
    case 0:
      return 'The server did not answer. Try again when it does; the token is still good.';
    case 400:
    case 401:
      return 'This token signs nobody in. Was it copied whole? A newer token ends an older one.';
    case 429:
      return `Too many sign-ins have failed here. ${retryAfterS ? `Try again in ${retryAfterS} s.` : 'Try again in a minute.'}`;
    default:
      return problem?.title ? `${problem.title}. ${problem.detail}` : text;
  }
}
