const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether an address or an origin names this machine by a loopback name. */
export function isLoopback(url: string): boolean {
  return URL.canParse(url) && loopbackHosts.has(new URL(url).hostname);
}
