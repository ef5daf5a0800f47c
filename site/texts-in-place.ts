/**
 * Texts stand in one folder for those who translate them, and where they are said for those who download them: the
 * build puts each in its place. As names that one chunk gives to another they took 3.9 KB gzipped more for the pages of
 * an admin alone. What is more than a template of its arguments, such as a plural, stays a function.
 */
import { type Plugin, parseSync } from 'vite';

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly name?: string;
}

/** As it is said with the sources of its arguments. */
interface Text {
  readonly isCalled: boolean;
  readonly said: (given: readonly string[]) => string | null;
}

const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === 'string';

/** Parents first; nothing below what is taken. */
function walk(node: Node, taken: (node: Node) => boolean): void {
  if (taken(node)) return;
  for (const value of Object.values(node))
    for (const child of [value as unknown].flat()) if (isNode(child)) walk(child, taken);
}

const parsed = (path: string, code: string): Node => parseSync(path, code).program as unknown as Node;

/** What may be asked for twice, or not at all, and is the same. */
const isPlain = (argument: string): boolean => /^[\w.]+$/.test(argument);

function textOf(value: Node, code: string): Text | null {
  const written = ({ start, end }: Node): string => code.slice(start, end);
  if (value.type === 'Literal') return { isCalled: false, said: () => written(value) };
  if (value.type !== 'ArrowFunctionExpression') return null;
  const { params, body } = value as Node & Readonly<Record<'params', Node[]> & Record<'body', Node>>;
  const { quasis, expressions } = body as Node & {
    readonly quasis: readonly { readonly value: { readonly raw: string } }[];
    readonly expressions: readonly Node[];
  };
  const places = expressions?.map(({ name }) => params.findIndex((param) => param.name === name));
  if (body.type !== 'TemplateLiteral' || places.includes(-1)) return null;
  const isOnceEach = places.length === params.length && new Set(places).size === places.length;
  const said: Text['said'] = (given) => {
    if (!isOnceEach && !given.every(isPlain)) return null;
    return `\`${quasis.map((piece, i) => piece.value.raw + (i in places ? `\${${given[places[i] ?? 0]}}` : '')).join('')}\``;
  };
  return { isCalled: true, said };
}

/** What a module of texts exports, by name, as far as it can be put in its place. */
function textsOf(code: string): ReadonlyMap<string, Text> {
  const found = new Map<string, Text>();
  walk(parsed('texts.ts', code), (node) => {
    const { id, init } = node as Node & { readonly id: Node; readonly init: Node | null };
    const text = node.type === 'VariableDeclarator' && init ? textOf(init, code) : null;
    if (text && id.name) found.set(id.name, text);
    return text !== null;
  });
  return found;
}

/** The code of a module with its texts in their places; `texts` is the code that it imports as `say`. */
export function withTexts(path: string, code: string, texts: string): string {
  const known = textsOf(texts);
  const program = parsed(path, code);
  const said = (node: Node): string => {
    const edits: { readonly start: number; readonly end: number; readonly text: string }[] = [];
    walk(node, (one) => {
      const { callee, arguments: given = [] } = one as Node & { callee?: Node; arguments?: Node[] };
      const { object, property } = (callee ?? one) as Node & { object?: Node; property?: Node };
      const text = object?.name === 'say' ? known.get(property?.name ?? '') : undefined;
      if (!text || text.isCalled !== (callee !== undefined)) return false;
      const inPlace = text.said(given.map(said));
      if (inPlace !== null) edits.push({ ...one, start: one.start, end: one.end, text: inPlace });
      return inPlace !== null;
    });
    let at = node.start;
    let done = '';
    for (const { start, end, text } of edits) {
      done += code.slice(at, start) + text;
      at = end;
    }
    return done + code.slice(at, node.end);
  };
  return code.slice(0, program.start) + said(program) + code.slice(program.end);
}

export function textsInPlace(): Plugin {
  return {
    name: 'texts-in-place',
    apply: 'build',
    enforce: 'pre',
    async transform(code, id) {
      const texts = /^import \* as say from '([^']+)';$/m.exec(code)?.[1];
      if (texts === undefined) return null;
      const { pathname } = new URL(texts, `file://${id}`);
      return withTexts(id, code, await this.fs.readFile(pathname, { encoding: 'utf8' }));
    },
  };
}
