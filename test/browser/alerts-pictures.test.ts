// The page of alerts and the annotations of a chart at every width in both themes: what axe says, that nothing sticks
// out, and a picture.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pictureOf } from '../support/pictures.ts';
import { pastAlerts } from '../support/scripted-alert-log.ts';
import { scriptedAnnotation } from '../support/scripted-annotations.ts';
import type { Play } from '../support/scripted-traffic.ts';
import {
  faults,
  overflow,
  sitePages,
  type Theme,
  themes,
  type Width,
  widths,
} from '../support/site-pages.ts';

const { serve, open } = sitePages();

interface State {
  readonly path: string;
  readonly play: Play;
  readonly past: number;
  /** Both, if not said. */
  readonly theme?: Theme;
  readonly go: (page: Page) => Promise<void>;
}

const states: Readonly<Record<string, State>> = {
  alerts: {
    path: '/alerts',
    play: 'failing',
    past: 8,
    go: (page) => page.locator('.value-line').first().waitFor({ state: 'attached' }),
  },
  'alerts-detail': {
    path: '/alerts?state=resolved&severity=CRITICAL',
    play: 'failing',
    past: 8,
    go: async (page) => {
      await page
        .getByRole('button', { name: /^Details/ })
        .first()
        .click();
      await page.locator('.alert-life').waitFor();
      await page.getByRole('slider').focus();
      await page.keyboard.press('PageDown');
    },
  },
  'alerts-crowded': {
    path: '/alerts?region=EU-London',
    play: 'crowded',
    theme: 'dark',
    past: 0,
    go: async (page) => {
      await page
        .getByRole('button', { name: /^Acknowledge:/ })
        .first()
        .click();
      await page.getByLabel('Comment on the acknowledgement').fill('Somebody is on it.');
    },
  },
  'alerts-none': {
    path: '/alerts',
    play: 'normal',
    theme: 'light',
    past: 0,
    go: (page) => page.getByText('Nothing is firing').waitFor(),
  },
  'alerts-annotation': {
    path: '/',
    play: 'normal',
    theme: 'light',
    past: 0,
    go: async (page) => {
      await page.locator('.flag').last().waitFor();
      await page.getByRole('slider').last().focus();
      await page.keyboard.press('PageDown');
      await page.keyboard.press('a');
      await page.locator('dialog[open] textarea').fill('CDN rollout 4711');
    },
  },
};

const sizes = Object.keys(widths).map(Number) as Width[];

const looks = Object.entries(states).flatMap(([name, state]) =>
  themes.filter((theme) => theme === (state.theme ?? theme)).map((theme) => [name, theme] as const),
);

test.each(looks)('[ABL-30, ABL-36] %s, %s', async (name, theme) => {
  const { path, play, past, go } = states[name] as State;
  const service = await serve({ play });
  const now = Date.now();
  service.log.past = pastAlerts(past, now);
  service.annotations.rows = [40, 22, 21].map((minutes) =>
    scriptedAnnotation(String(minutes), now - minutes * 60_000, { text: `Rollout of ${minutes}` }),
  );
  for (const width of sizes) {
    const page = await open(service, { path, width, theme });
    await go(page);
    if (width !== 820) expect(await faults(page)).toEqual([]);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    const picture = `${name}-${theme}-${width}`;
    await page.screenshot({ path: pictureOf(picture) });
    await page.context().close();
  }
});
