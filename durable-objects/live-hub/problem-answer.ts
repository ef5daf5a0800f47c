import { type ProblemCode, problem, problemContentType } from '../../core/protocol/problem.ts';

export function problemAnswer(
  code: ProblemCode,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = problem(code, detail);
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: { 'content-type': problemContentType, 'cache-control': 'no-store', ...headers },
  });
}
