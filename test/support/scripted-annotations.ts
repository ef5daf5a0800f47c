/** Annotations of the scripted service: kept, written, changed and deleted as the real one does (ANN-1, ANN-2). */

import { type Problem, type ProblemCode, problem } from '../../core/protocol/problem.ts';
import type { AnnotationRow } from '../../site/annotations/annotation.ts';

export interface ScriptedAnnotations {
  rows: AnnotationRow[];
  /** What the next question or change is answered; null: as asked. */
  fault: ProblemCode | null;
  /** Methods and bodies of what was written. */
  readonly written: { readonly method: string; readonly body: Record<string, unknown> }[];
}

export const noAnnotations = (): ScriptedAnnotations => ({ rows: [], fault: null, written: [] });

export function scriptedAnnotation(
  id: string,
  at: number,
  change: Partial<AnnotationRow> = {},
): AnnotationRow {
  return {
    id,
    version: 1,
    at: new Date(at).toISOString(),
    until: null,
    text: `Note ${id}`,
    tags: [],
    region: null,
    visibility: 'shared',
    author: 'Ada Okafor',
    mine: false,
    ...change,
  };
}

/** `body`: of what is written. */
export function answerAnnotations(
  notes: ScriptedAnnotations,
  method: string,
  url: URL,
  body: Record<string, unknown>,
): object | Problem {
  if (notes.fault !== null) return problem(notes.fault, 'The database did not answer in time.');
  if (method === 'GET') return listed(notes.rows, url.searchParams);
  notes.written.push({ method, body });
  if (method === 'POST') {
    const errors = [{ pointer: '/text', message: 'must not be empty' }];
    if (body.text === '') return problem('invalid_parameter', 'The body cannot be taken.', errors);
    const data = scriptedAnnotation(`new-${notes.rows.length}`, 0, {
      ...body,
      mine: true,
      author: 'Mei Tanaka',
    });
    notes.rows.push(data);
    return { data };
  }
  const id = url.pathname.split('/').at(-1);
  const held = notes.rows.find((row) => row.id === id);
  if (!held) return problem('not_found', `There is no annotation ${id}.`);
  const version = Number(method === 'PUT' ? body.version : url.searchParams.get('version'));
  if (version !== held.version) return problem('version_conflict', `${id} has version ${held.version}.`);
  notes.rows = notes.rows.filter((row) => row !== held);
  const data = { ...held, ...body, version: version + 1 };
  if (method === 'PUT') notes.rows.push(data);
  return { data };
}

function listed(rows: readonly AnnotationRow[], query: URLSearchParams): object {
  const [from, to] = ['from', 'to'].map((name) => Date.parse(query.get(name) ?? '')) as [number, number];
  const data = rows.filter((row) => Date.parse(row.at) < to && Date.parse(row.until ?? row.at) >= from);
  return { data, count: data.length, meta: { next_cursor: null } };
}
