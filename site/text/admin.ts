/** What all pages of an admin share. */

export const keys = 'Keys';
export const people = 'People';
export const embeds = 'Embeds';
export const auditLog = 'Audit log';
export const accounts = 'Accounts';
export const administration = 'Administration';
export const notLoaded = (what: string): string => `${what} could not be loaded.`;
export const toTheLiveView = 'To the live view';
export const tryAgain = 'Try again';
export const roleNeeded = (needed: string, role: string): string =>
  `This needs the role ${needed}; yours is ${role}.`;
export const notShownAgain = (what: string): string =>
  `${what} is not shown again: only its digest is stored.`;
export const copyItNow = 'Copy it now.';
export const pressCtrlC = 'Press Ctrl+C';
export const copied = 'Copied';
export const copy = 'Copy';
export const cancel = 'Cancel';
export const sending = 'Sending';
export const close = 'Close';
export const regionsNotLoaded = (text: string): string => `The regions could not be loaded. ${text}`;
export const all = 'all';
export const none = 'none';
export const andMore = (first: string, count: number): string => `${first} and ${count} more`;
export const now = 'now';
export const ago = (text: string, unit: string): string => `${text}\u202f${unit} ago`;
export const allAlsoThoseToCome = 'All, also those to come';
export const onlyThese = 'Only these';
export const kib = 'KiB';
export const mib = 'MiB';
export const gib = 'GiB';
