/**
 * By whose ways numbers and dates are written: undefined for those of the browser. Outside of one, as in tests, British.
 * Words stay English, see site/text.
 */
export const locale = typeof document === 'undefined' ? 'en-GB' : undefined;
