import { expect, test } from 'vitest';
import { TextTable } from '../../../core/protocol/text-table.ts';

const step = (hash: number, text: string): number => {
  let next = hash;
  for (let i = 0; i < text.length; i++) next = Math.imul(next ^ text.charCodeAt(i), 0x0100_0193);
  return next;
};

/** Two texts of six letters that leave the table's hash alike. */
function pairFrom(hash: number): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let i = 0; ; i++) {
    const text = (i * 7919).toString(36).padStart(6, '0').slice(-6);
    const end = step(hash, text);
    const other = seen.get(end);
    if (other !== undefined && other !== text) return [other, text];
    seen.set(end, text);
  }
}

test('texts are numbered in their order, whatever they hold, and however they were made to collide', () => {
  const pairs = 8;
  let texts = [''];
  let hash = pairs * 6;
  for (let i = 0; i < pairs; i++) {
    const [left, right] = pairFrom(hash);
    texts = texts.flatMap((text) => [text + left, text + right]);
    hash = step(hash, left);
  }
  expect(new Set(texts).size).toBe(256);
  const all = [...texts, 'Amélie', '🎬', '\ufeff', ...Array.from({ length: 1000 }, (_, i) => `t${i}`)];
  const table = new TextTable();
  const ids = all.map((text) => table.ofText(text));
  expect(ids).toEqual(all.map((_, i) => i + 1));
  expect(all.map((text) => table.ofText(text))).toEqual(ids);
  expect(ids.map((id) => table.text(id))).toEqual(all);
});
