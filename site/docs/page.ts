/** What every page of the documentation does: the switch of the theme, and contents that do not fill a phone. */
/** The same choice as in site/theme/theme.ts, which needs Preact. */
const storageKey = 'marquee.theme';
const root = document.documentElement;
const button = document.querySelector<HTMLButtonElement>('#theme');

function show(): void {
  button?.setAttribute('aria-pressed', String(root.dataset.theme === 'dark'));
}

if (button) {
  button.hidden = false;
  button.addEventListener('click', () => {
    const chosen = root.dataset.theme === 'dark' ? 'light' : 'dark';
    root.dataset.theme = chosen;
    try {
      localStorage.setItem(storageKey, chosen);
    } catch {
      // Storage may be forbidden; then the choice lasts as long as the page.
    }
    show();
  });
  show();
}

const contents = document.querySelector<HTMLDetailsElement>('.contents details');
if (contents && matchMedia('(max-width: 767px)').matches) contents.open = false;
