/** Once the page is there; without it (an old browser, no secure context) everything works but the network's absence. */
addEventListener('load', () => {
  navigator.serviceWorker?.register('/sw.js').catch(() => undefined);
});
