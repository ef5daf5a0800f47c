// Before the first paint, so that nobody who chose dark is shown a white page first. Plain and small on purpose: it is
// served outside the bundle, only minified. site/theme/theme.ts goes on from here. And what is printed says where and when.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem('marquee.theme');
  } catch {
    // Storage may be forbidden; then the system decides.
  }
  const dark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  // In pages of other sites, and on screens on walls, no head is drawn: neither is the first.
  if (location.pathname === '/embed' || /[?&]kiosk=/.test(location.search)) {
    document.documentElement.dataset.headless = '';
  }
  addEventListener('beforeprint', () => {
    const time = new Date().toLocaleString('en-GB', { dateStyle: 'long', timeStyle: 'long' });
    document.body.dataset.printed = `Marquee, ${location.href}, ${time}`;
  });
})();
