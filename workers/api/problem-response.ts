import { type Problem, type ProblemCode, problem, problemContentType } from '../../core/protocol/problem.ts';

/** A parameter at fault, and what is wrong with it. */
export interface ParameterFault {
  readonly parameter: string;
  readonly message: string;
}

/** A field of a body at fault, by JSON pointer. */
export interface BodyFault {
  readonly pointer: string;
  readonly message: string;
}

/** An error answer. Never cached: the next try may fare better. */
export function problemResponse(
  code: ProblemCode,
  detail: string,
  options: { readonly errors?: Problem['errors']; readonly headers?: Readonly<Record<string, string>> } = {},
): Response {
  const body = problem(code, detail, options.errors);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'content-type': problemContentType, 'cache-control': 'no-store', ...options.headers },
  });
}

export function invalidParameters(faults: readonly ParameterFault[]): Response {
  const detail = faults.map(({ parameter, message }) => `${parameter} ${message}`).join('; ');
  return problemResponse('invalid_parameter', detail, { errors: faults });
}

export function invalidBody(faults: readonly BodyFault[]): Response {
  const detail = faults.map(({ pointer, message }) => `${pointer || 'The body'} ${message}`).join('; ');
  return problemResponse('invalid_parameter', detail, { errors: faults });
}

/** A JSON answer. What is asked twice a second must not come from a cache. */
export function jsonResponse(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
}
