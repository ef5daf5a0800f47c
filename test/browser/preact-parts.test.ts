// What the build leaves of Preact does what the whole of it does: the same elements, the same effects, in the same order.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preactParts } from '../../site/preact-parts.ts';
import { launchBrowser } from '../support/browser.ts';

const root = new URL('../..', import.meta.url).pathname;
let browser: Browser;
let folder = '';

/** Lists that change their order, parts that come and go, fields, SVG, hooks, signals: changed 60 times by one seed. */
const entry = `
import { signal, useComputed, useSignalEffect } from '${root}node_modules/@preact/signals';
import { Fragment, h, render } from '${root}node_modules/preact';
import { useEffect, useLayoutEffect, useRef, useState } from '${root}node_modules/preact/hooks';

let seed = 20261121;
const random = (below) => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed / 2147483648) * below);
};
const told = [];
const count = signal(0);
let turn = () => {};
function Row({ name, children }) {
  const [turns, setTurns] = useState(0);
  const place = useRef(null);
  const twice = useComputed(() => count.value * 2);
  useLayoutEffect(() => {
    told.push('laid ' + name + ' ' + place.current?.tagName);
    return () => told.push('left ' + name);
  }, [name, turns]);
  useEffect(() => {
    told.push('drawn ' + name);
    return () => told.push('gone ' + name);
  }, [turns]);
  useSignalEffect(() => { told.push('heard ' + name + ' ' + count.value); });
  turn = () => setTurns((now) => now + 1);
  return h('li', { ref: place, class: turns % 2 ? 'odd' : undefined, 'data-turns': turns },
    name, ' ', twice.value, ' ', count, h('input', { value: name, disabled: turns > 2 }), children);
}
const Lines = ({ of }) => of.map((n) => h('path', { d: 'M0 0L' + n + ' 9', 'stroke-width': n % 4 }));
const Two = ({ names }) => h(Fragment, null, h('dt', null, names.length), names.length % 2 ? null : h('dd', { title: 'even' }));
function Page({ names, shape }) {
  return h('main', { style: { width: names.length + 'px', '--part': shape }, 'aria-busy': shape === 1, hidden: shape === 2 },
    shape < 3 && h('h1', { key: 'title' }, 'Shape ', shape),
    h('ul', null, names.map((name) => h(Row, { key: name, name }, shape === 4 && h('b', null, name)))),
    h(Two, { names }),
    h('svg', { viewBox: '0 0 9 9' }, h('g', null, h(Lines, { of: names }))),
    h('select', { value: String(names[0]) }, names.map((name) => h('option', { value: name }, name))),
    h('textarea', { value: names.join() }), h('input', { type: 'checkbox', checked: shape % 2 === 0 }),
    h('progress', { value: shape, max: 5 }), shape === 3 ? 'text' : [h('i', null), null, h('i', { key: 'b' }, 0)],
  );
}
const place = document.querySelector('#place');
const later = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 45)));
const fields = () => [...place.querySelectorAll('input, select, textarea')].map((one) => one.value + one.checked).join();
globalThis.draw = async () => {
  const seen = [];
  for (let i = 0; i < 60; i++) {
    const names = Array.from({ length: 12 }, (_, n) => n).filter(() => random(3) > 0).sort(() => random(3) - 1);
    if (i % 20 === 19) render(null, place);
    else if (i % 5 === 4) turn();
    else if (i % 5 === 3) count.value += 1;
    else render(h(Page, { names, shape: random(6) }), place);
    await later();
    seen.push(place.innerHTML + fields() + told.splice(0).join());
  }
  try {
    render(h(() => { throw new Error('broken'); }), place);
  } catch (error) {
    seen.push(error.message);
  }
  return seen;
};
`;

beforeAll(async () => {
  folder = await mkdtemp(join(root, '.cache/preact-'));
  await writeFile(join(folder, 'entry.ts'), entry);
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

async function seenBy(name: string, plugins: ReturnType<typeof preactParts>[]): Promise<string[]> {
  const lib = {
    entry: join(folder, 'entry.ts'),
    formats: ['iife' as const],
    name: 'drawn',
    fileName: 'drawn',
  };
  const outDir = join(folder, name);
  await build({ configFile: false, root: folder, logLevel: 'silent', plugins, build: { outDir, lib } });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', ({ message }) => complaints.push(message));
  await page.setContent('<div id="place"></div>');
  await page.addScriptTag({ path: join(outDir, 'drawn.iife.js') });
  const seen = await page.evaluate(() => (globalThis as unknown as { draw: () => Promise<string[]> }).draw());
  expect(complaints).toEqual([]);
  await page.close();
  return seen;
}

test('the parts of Preact that the site keeps draw as the whole does', async () => {
  const whole = await seenBy('whole', []);
  const parts = await seenBy('parts', [preactParts()]);
  // There is something to compare: nearly each step shows something else, and an error comes out.
  expect(whole).toHaveLength(61);
  expect(new Set(whole).size).toBeGreaterThan(50);
  expect(whole.at(-1)).toBe('broken');
  expect(parts).toEqual(whole);
});
