/** The answers of the door: 202 with the accounts of the request, or a problem. docs/ingest.md lists them all. */
import type { AnswerNote, IngestAnswer } from '../../core/protocol/ingest-answer.ts';
import type { JudgedRequest } from '../../core/protocol/judge-request.ts';
import { type ProblemCode, problem, problemContentType } from '../../core/protocol/problem.ts';

type Fields = Readonly<Record<string, string>>;

export function acceptedAnswer(receipt: string, judged: JudgedRequest, headers: Fields): Response {
  const { received, accepted, duplicates, rejected, errors } = judged;
  const notes = notesOn(judged);
  const answer: IngestAnswer = {
    receipt,
    received,
    accepted,
    duplicates,
    rejected,
    errors: [...errors],
    errors_truncated: rejected > errors.length,
    ...(notes.length > 0 ? { notes } : {}),
  };
  return Response.json(answer, { status: 202, headers });
}

/** Seconds after which a 503 is worth another try. */
const retryAfter: Partial<Record<ProblemCode, string>> = {
  overloaded: '1',
  queue_unavailable: '2',
  storage_unavailable: '2',
  not_migrated: '30',
  not_configured: '30',
};

export function problemAnswer(code: ProblemCode, detail: string, fields: Fields = {}): Response {
  const body = problem(code, detail);
  const headers = new Headers({ 'content-type': problemContentType, ...fields });
  const seconds = retryAfter[code];
  if (seconds) headers.set('retry-after', seconds);
  if (code === 'method_not_allowed') headers.set('allow', 'POST');
  if (code === 'unauthorized') headers.set('www-authenticate', 'Bearer realm="marquee"');
  return new Response(JSON.stringify(body), { status: body.status, headers });
}

/** IDN-1: retries of what the door completed may not be recognised, and the answer says so. */
function notesOn({ completed }: JudgedRequest): AnswerNote[] {
  const { withoutId, withoutTime, withoutRegion } = completed;
  const notes: AnswerNote[] = [
    {
      code: 'event_id_derived',
      count: withoutId,
      message:
        'no event_id: derived from the record; a retry is recognised only if the record is sent unchanged',
    },
    {
      code: 'time_of_receipt',
      count: withoutTime,
      message: 'no timestamp: the time of receipt was taken; a retry will not be recognised and counts again',
    },
    {
      code: 'nearest_region',
      count: withoutRegion,
      message: 'no region: the nearest one was taken; a retry from another place may not be recognised',
    },
  ];
  return notes.filter(({ count }) => count > 0);
}
