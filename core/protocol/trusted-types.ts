/** The site's one Trusted Types policy: it lets its own service worker in, and nothing else becomes code from text. */
export const trustedTypesPolicy = 'marquee-service-worker';
