/**
 * What every answer says to browsers about its own safety (SEC-1): the one list for the answers of the Worker and for
 * the files of the site. Nothing is allowed that the site does not need.
 */
import { trustedTypesPolicy } from './trusted-types.ts';

const hardened = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];

/** Of pages: what they load is theirs, and no text becomes code, markup or style. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  ...hardened,
  "require-trusted-types-for 'script'",
  `trusted-types ${trustedTypesPolicy}`,
].join('; ');

/** Of answers of the API, which are no pages: if a browser is made to show one, it runs and loads nothing. */
const answerPolicy = [
  "default-src 'none'",
  ...hardened,
  "require-trusted-types-for 'script'",
  'sandbox',
].join('; ');

const unusedFeatures = [
  'accelerometer',
  'browsing-topics',
  'camera',
  'display-capture',
  'geolocation',
  'gyroscope',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'publickey-credentials-get',
  'serial',
  'usb',
];

const everywhere = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': unusedFeatures.map((name) => `${name}=()`).join(', '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** Two years, as browsers' preload lists ask. Over plain http it must not be said (RFC 6797, 7.2). */
export const strictTransport = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
} as const;

export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': pagePolicy,
  ...everywhere,
};

/** Of the page that other sites may frame (EMB-3): what pages are told, but by whom it is framed. */
export function framedHeaders(origins: string): Readonly<Record<string, string>> {
  const framed = pagePolicy.replace("frame-ancestors 'none'", `frame-ancestors ${origins || "'none'"}`);
  return { ...pageHeaders, 'content-security-policy': framed };
}

export const answerHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': answerPolicy,
  ...everywhere,
};
