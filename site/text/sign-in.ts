/** The sign-in. */

export const pasteTheTokenFirst = 'Paste the token first.';
export const isKeyOfProducer =
  'This is the key of a producer: it sends events and signs nobody in. A sign-in token begins with mqp_.';
export const serverDidNotAnswer =
  'The server did not answer. Try again when it does; the token is still good.';
export const tokenSignsNobodyIn =
  'This token signs nobody in. Was it copied whole? A newer token ends an older one.';
export const tooManyFailed = (then: string): string => `Too many sign-ins have failed here. ${then}`;
export const tryAgainIn = (seconds: number): string => `Try again in ${seconds} s.`;
export const tryAgainInAMinute = 'Try again in a minute.';
export const signingIn = 'Signing in';
export const signIn = 'Sign in';
export const signInAsAnother = 'Sign in as another';
export const signInWithTheLink = 'Sign in with the link';
