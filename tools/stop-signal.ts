/**
 * Aborts at the first Ctrl-C or kill. Later ones are ignored: npm, its shell and a terminal each pass the same one on,
 * so that a second one does not mean that somebody lost patience.
 */
export function onStopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort());
  return controller.signal;
}
