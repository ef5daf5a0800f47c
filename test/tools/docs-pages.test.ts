// The reference and the problems, as they are built.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { OpenApiDocument } from '../../core/protocol/openapi-document.ts';
import { type ProblemCode, problem, problems } from '../../core/protocol/problem.ts';
import { addressOf, getCommand } from '../../site/docs/curl.ts';
import { html, phrase } from '../../site/docs/html.ts';
import { buildSite } from '../../tools/build-site.ts';

const root = new URL('../..', import.meta.url).pathname;
const scriptGzippedMax = 4 * 1024;

let outDir = '';
let document: OpenApiDocument;

beforeAll(async () => {
  outDir = mkdtempSync(join(root, '.cache/site-'));
  await buildSite(outDir, 'silent');
  document = JSON.parse(read('openapi.json')) as OpenApiDocument;
}, 60_000);

afterAll(() => rmSync(outDir, { recursive: true, force: true }));

const read = (name: string): string => readFileSync(join(outDir, name), 'utf8');
const idsOf = (page: string): string[] => [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id as string);

describe('[API-6] the reference', () => {
  test('has a section for every operation, with its path, parameters and problems', () => {
    const page = read('docs.html');
    const ids = idsOf(page);
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    expect(operations.length).toBeGreaterThan(7);
    for (const { operationId, summary, parameters = [] } of operations) {
      expect(ids).toContain(operationId);
      const section = page.slice(page.indexOf(`id="${operationId}"`)).split('</section>')[0] ?? '';
      expect(section).toContain(summary);
      for (const { name } of parameters) expect(section).toContain(`<code>${name}</code>`);
    }
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('links inside of the documentation lead somewhere', () => {
    const pages = { '/docs': read('docs.html'), '/docs/problems': read('docs/problems.html') };
    for (const [here, page] of Object.entries(pages)) {
      for (const [, address] of page.matchAll(/ href="([^"]*#[^"]+)"/g)) {
        const { pathname, hash } = new URL(address as string, `http://any.example${here}`);
        expect(idsOf(pages[pathname as keyof typeof pages] ?? '')).toContain(hash.slice(1));
      }
    }
  });

  test('nothing in it would be blocked by its policy, and nothing points elsewhere', () => {
    for (const name of ['docs.html', 'docs/problems.html']) {
      const page = read(name);
      expect(page).not.toMatch(/<script(?![^>]*\bsrc=)/);
      expect(page).not.toMatch(/<style|\sstyle=|\son\w+=/);
      expect(page).not.toMatch(/(?:src|href|action)="(?:https?:)?\/\//);
    }
  });

  test('its script is small', () => {
    const scripts = [...read('docs.html').matchAll(/src="\/(assets\/[^"]+\.js)"/g)].map(
      ([, name]) => name as string,
    );
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(read(name)).length, 0);
    expect(scripts.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(scriptGzippedMax);
  });
});

describe('[API-3] the type of a problem is the address of its documentation', () => {
  test.each(Object.keys(problems) as ProblemCode[])('%s', (code) => {
    const [path, anchor] = problem(code, '').type.split('#');
    const page = read(`${path?.slice(1)}.html`);
    expect(idsOf(page)).toContain(anchor);
    const section = page.slice(page.indexOf(`id="${anchor}"`)).split('</section>')[0] ?? '';
    expect(section).toContain(problems[code].title);
    expect(section).toMatch(/What it means<\/dt>\s*<dd>\w[\s\S]*What to do<\/dt>\s*<dd>\w/);
  });
});

describe('what the pages are made with', () => {
  test('text is escaped, HTML is not', () => {
    expect(html`<p>${'<b>&"'}${html`<i>${1}</i>`}${[null, false, undefined, 'x']}</p>`.text).toBe(
      '<p>&lt;b&gt;&amp;&quot;<i>1</i>x</p>',
    );
    expect(phrase('a `<b>` c').text).toBe('a <code>&lt;b&gt;</code> c');
  });

  test('commands survive what is typed into them', () => {
    const given: [string, string][] = [
      ['id', "a/b?'"],
      ['region', 'EU & more'],
      ['empty', ''],
    ];
    const address = addressOf('/api/alerts/{id}/ack', given);
    expect(address).toBe("/api/alerts/a%2Fb%3F'/ack?region=EU+%26+more");
    expect(getCommand('http://a.example', address, true)).toBe(
      "curl 'http://a.example/api/alerts/a%2Fb%3F'\\''/ack?region=EU+%26+more'",
    );
    expect(getCommand('http://a.example', '/x', false)).toBe(
      `curl 'http://a.example/x' \\\n  -H "authorization: Bearer $TOKEN"`,
    );
  });
});
