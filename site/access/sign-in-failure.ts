import * as say from '../text/sign-in.ts';
import type { ServiceAnswer } from './service.ts';

/** Why somebody is not signed in, and what to do. */
export function signInFailure(answer: Extract<ServiceAnswer<unknown>, { ok: false }>): string {
  const { status, text, problem, retryAfterS } = answer;
  switch (status) {
    case 0:
      return say.serverDidNotAnswer;
    case 400:
    case 401:
      return say.tokenSignsNobodyIn;
    case 429:
      return say.tooManyFailed(retryAfterS ? say.tryAgainIn(retryAfterS) : say.tryAgainInAMinute);
    default:
      return problem?.title ? `${problem.title}. ${problem.detail}` : text;
  }
}
