/**
 * What all pages share: who is signed in, places, keys, the kiosk, what a service answers. All words of the site stand
 * in this folder, but for the heads of site/*.html and the pages of documentation, which are documents of their own.
 */
import { plural } from './plural.ts';

export const signedInAs = 'Signed in as';
export const signInAgain = 'Sign in again';
export const signOut = 'Sign out';
export const notSignedOut = (failure: string): string => `Not signed out. ${failure}`;
export const viewer = 'Viewer';
export const analyst = 'Analyst';
export const admin = 'Admin';
export const allRegions = 'All regions';
export const serverAnswered = (status: number): string => `The server answered ${status}.`;
export const serverDidNotAnswer = 'The server did not answer.';
export const signInHas = 'Sign-in has';
export const ended = 'ended';
export const signedInUntil = 'Signed in until';
export const signInEndsIn = 'Sign-in ends in';
export const minutes = (count: number): string => `${count}\u202fmin`;
export const whatIsShown = 'What is shown';
export const inAChart = 'In a chart';
export const thisPage = 'This page';
export const goTo = 'Go to';
export const keys = 'Keys';
export const space = 'Space';
export const esc = 'Esc';
export const left = 'Left';
export const right = 'Right';
export const up = 'Up';
export const down = 'Down';
export const pageUp = 'Page up';
export const pageDown = 'Page down';
export const search = 'Search';
export const savedViews = 'Saved views';
export const lightOrDark = 'Light or dark';
export const kiosk = 'Kiosk, for a screen on a wall';
export const showTheseKeys = 'Show these keys';
export const leaveTheKiosk = 'Leave the kiosk';
export const copyForgotten = 'Done: this browser keeps no copy. Opening the live view makes a new one.';
export const time = 'Time';
export const pause = 'Pause';
export const tables = 'Tables';
export const dark = 'Dark';
export const marquee = 'Marquee';
export const pages = 'Pages';
export const apiReference = 'API reference';
export const problems = 'Problems';
export const openapiJson = 'openapi.json';
export const health = 'Health';
export const connecting = 'Connecting';
export const reconnecting = 'Reconnecting';
export const signedOut = 'Signed out';
export const offline = 'Offline';
export const past = (ago: string): string => `Past, ${ago}`;
export const paused = 'Paused';
export const noAnswer = 'No answer';
export const secondsBehind = (round: number): string => `${round} s behind`;
export const everySeconds = (everyMs: number): string => `Every ${everyMs} s`;
export const live = 'Live';
export const notAllowed = 'Not allowed';
export const linkCopied = 'Link copied';
export const copyLink = 'Copy link';
export const analytics = 'Analytics';
export const alerts = 'Alerts';
export const system = 'System';
export const pausedAt = (clock: string): string => `Paused at ${clock}`;
export const resume = 'Resume';
/** After their number, which moves on by itself. */
export const secondsBehindNow = 's behind';
export const alertsFiredSince = (count: number): string =>
  `${count} ${plural(count, 'alert has', 'alerts have')} fired since`;
