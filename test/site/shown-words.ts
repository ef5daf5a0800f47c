// Finds what people read in the sources of the site, by the syntax alone: what stands in an element, in an attribute or
// property that is read by people, and whatever else looks like words and not like a name of the code.
import { isNode, lineAt, type Node, type Source, walk } from '../house/source.ts';

export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly why: string;
  /** Where it stands in the file. */
  readonly start: number;
  readonly end: number;
}

const listed = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/));

/** Attributes and properties that are read by people, of elements and of our own components. */
const readNames =
  listed(`aria-label aria-description aria-valuetext aria-roledescription title placeholder label alt
  word words text unit exact heading headline remark meaning what why any empty question note hint never explanation
  caption legend submit without message failure`);

/** Attributes that no person reads. */
const machineNames = listed(
  'class id for href style type name role rel d viewBox transform autocomplete key kind aria-keyshortcuts',
);

/** Calls that take no words for people. */
const machineCalls = listed(`querySelector querySelectorAll closest matches matchMedia addEventListener
  removeEventListener assert startsWith getItem setItem join split get has set append setProperty getPropertyValue
  createElement import`);

/** Names of keys, as KeyboardEvent has them, and the zone that every clock knows. */
const keyNames = /^(Escape|Enter|Tab|Home|End|Arrow\w+|Page(Up|Down)|Backspace|Delete|Shift|UTC|Infinity)$/;
/** Options of a command, addresses, media queries, colors, lengths and fonts, ids. */
const machineText = /^(-|\(|curl |calc\(|color-mix\(|Bearer |(GET|PUT|POST) \/)|px\b|^\{\}-\w+ \{\}-/;

const looksLikeWords = (text: string): boolean =>
  !keyNames.test(text) &&
  !machineText.test(text) &&
  (/^\P{L}*\p{Lu}\p{Ll}+/u.test(text) || /[\s\u202f]\p{L}|\p{L}[,.:;]?[\s\u202f]/u.test(text));

/** All that is read by people, in the order of the file. `{}` stands for what is put in. */
export function shownWords(source: Source): Finding[] {
  const found: Finding[] = [];
  const parents = new Map<Node, Node | undefined>();
  walk(source.program, (node, parent) => {
    parents.set(node, parent);
    const text = isNameInObject(node, parent) ? String(node.name) : textOf(node);
    if (text === null || !/\p{L}/u.test(text)) return;
    // Names and commands.
    if (
      node.type === 'JSXText' &&
      isNode(parent?.openingElement) &&
      /^(code|kbd)$/.test(nameOf(parent.openingElement.name))
    )
      return;
    const why = node.type === 'JSXText' ? inElement : whyRead(text, wayUp(node, parents));
    const { start, end } = node;
    if (why) found.push({ path: source.path, line: lineAt(source, start), text, why, start, end });
  });
  return found;
}

/** `{ Length: … }`, of which lists are drawn. */
const isNameInObject = ({ type, name }: Node, parent: Node | undefined): boolean =>
  type === 'Identifier' &&
  parent?.type === 'Property' &&
  parent.key !== parent.value &&
  /^\p{Lu}\p{Ll}+$/u.test(String(name));

const inElement = 'in an element';

function textOf(node: Node): string | null {
  if (node.type === 'JSXText') return String(node.value).replace(/\s+/g, ' ').trim();
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  if (node.type !== 'TemplateLiteral') return null;
  return (node.quasis as Node[]).map(({ value }) => (value as { cooked: string }).cooked).join('{}');
}

/** The node, then what it stands in, up to the file. */
function wayUp(node: Node, parents: ReadonlyMap<Node, Node | undefined>): Node[] {
  const way = [node];
  for (let up = parents.get(node); up; up = parents.get(up)) way.push(up);
  return way;
}

function nameOf(node: unknown): string {
  if (!isNode(node)) return '';
  const name = node.name ?? node.value;
  return typeof name === 'string' ? name : nameOf(node.property);
}

/** Null where nobody reads it. */
function whyRead(text: string, way: readonly Node[]): string | null {
  const words = looksLikeWords(text) || (/^ ?\p{Ll}{2,}/u.test(text) && isFormOfWord(way)) ? 'words' : null;
  for (const [i, up] of way.entries()) {
    const from = way[i - 1];
    if (!from) continue;
    if (up.type === 'Property' && up.key === from) return /^\p{Lu}\p{Ll}/u.test(text) ? words : null;
    if (isForCode(up, from) || (nameOf(up.callee).endsWith('Error') && /^(\p{Ll}|\{)/u.test(text)))
      return null;
    if (up.type === 'Property') {
      const isRead = readNames.has(nameOf(up.key)) || way.some(isOfWords);
      return isRead ? `property ${nameOf(up.key)}` : words;
    }
    if (up.type === 'JSXAttribute') {
      const name = nameOf(up.name);
      return readNames.has(name)
        ? `attribute ${name}`
        : (machineNames.has(name) && !/^\p{Lu}\p{Ll}/u.test(text)) || name.startsWith('data-')
          ? null
          : words;
    }
    if (up.type === 'JSXExpressionContainer' && way[i + 1]?.type !== 'JSXAttribute') return inElement;
    if (
      /^(Call|New)Expression$|^VariableDeclarator$|^ReturnStatement$|Function|^BlockStatement$/.test(up.type)
    )
      return words;
  }
  return words;
}

/** `${count} ${count === 1 ? 'view' : 'views'}` */
const isFormOfWord = ([node, choice, template, ...up]: readonly Node[]): boolean =>
  !up.some(({ id }) => nameOf(id).startsWith('class')) &&
  choice?.type === 'ConditionalExpression' &&
  choice.test !== node &&
  template?.type === 'TemplateLiteral';

/** `const stateWords = { … }`, `flowWord: …`. */
const isOfWords = ({ type, id, key }: Node): boolean =>
  (type === 'VariableDeclarator' && nameOf(id).endsWith('Words')) ||
  (type === 'Property' && nameOf(key).endsWith('Word'));

/** Whether what stands in `from` is asked for or compared by the code there, and not shown. */
function isForCode(up: Node, from: Node): boolean {
  switch (up.type) {
    case 'Property':
      return /^(keys|class|id|d)$/.test(nameOf(up.key));
    case 'ConditionalExpression':
    case 'SwitchCase':
      return up.test === from;
    case 'BinaryExpression':
      return up.operator !== '+';
    case 'MemberExpression':
      return up.property === from || from.type !== 'ArrayExpression';
    case 'CallExpression':
    case 'NewExpression':
      return machineCalls.has(nameOf(up.callee));
    default:
      return /^(Import|Export(All|Default)|TSLiteralType|TSTemplate|TaggedTemplate)/.test(up.type);
  }
}
