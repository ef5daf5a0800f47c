/** Light or dark: the system's choice until a person makes one, which is kept. site/public/theme.js sets the first. */
import { effect, signal } from '@preact/signals';

export type Theme = 'light' | 'dark';

const storageKey = 'marquee.theme';

export const theme = signal<Theme>('light');

export function watchTheme(): void {
  const root = document.documentElement;
  const dark = matchMedia('(prefers-color-scheme: dark)');
  theme.value = root.dataset.theme === 'dark' ? 'dark' : 'light';
  dark.addEventListener('change', () => {
    if (!stored()) theme.value = dark.matches ? 'dark' : 'light';
  });
  effect(() => {
    root.dataset.theme = theme.value;
  });
}

export function toggleTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(storageKey, theme.value);
  } catch {
    // Storage may be forbidden; then the choice lasts as long as the page.
  }
}

function stored(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
