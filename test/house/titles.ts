// Titles of tests, as the house reads them: what is skipped shows nothing.
import { isNode, type Node, type Source, walk } from './source.ts';

/** Whether a callee is test, it or describe, also as test.each(...); not if it is skipped. */
export function isTest(callee: unknown): boolean {
  return isCall(callee, /^(test|it|describe)$/, /^(skip|todo)$/);
}

/** Whether a callee is one of `names`, whatever is called on it, but for members of `not`. */
function isCall(callee: unknown, names: RegExp, not: RegExp): boolean {
  if (!isNode(callee)) return false;
  if (callee.type === 'Identifier') return names.test(String(callee.name));
  if (callee.type === 'CallExpression') return isCall(callee.callee, names, not);
  if (callee.type === 'TaggedTemplateExpression') return isCall(callee.tag, names, not);
  const member = isNode(callee.property) ? String(callee.property.name) : '';
  return callee.type === 'MemberExpression' && !not.test(member) && isCall(callee.object, names, not);
}

export function titleOf(call: Node): string {
  const [title] = call.arguments as Node[];
  if (title?.type === 'Literal') return String(title.value);
  if (title?.type !== 'TemplateLiteral') return '';
  return (title.quasis as { value: { raw: string } }[]).map((part) => part.value.raw).join('');
}

/** Titles of every test and chapter of a file that runs. */
export function runningTitles(source: Source): string[] {
  const skipped: Node[] = [];
  const found: Node[] = [];
  walk(source.program, (node) => {
    if (node.type !== 'CallExpression') return;
    if (isTest(node.callee)) found.push(node);
    else if (isCall(node.callee, /^(test|it|describe)$/, /^$/)) skipped.push(node);
  });
  const runs = (node: Node): boolean =>
    !skipped.some(({ start, end }) => start <= node.start && node.end <= end);
  // The inner call of test.each(...)(...) has no title.
  return found
    .filter(runs)
    .map(titleOf)
    .filter((title) => title !== '');
}
