import * as z from 'zod';
import { auditResults } from '../../core/access/audit-entry.ts';
import type { AuditRow } from '../../core/access/audit-row.ts';
import { auditTextLengthMax } from '../../core/protocol/limits.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { once } from '../../core/protocol/once.ts';
import { readAuditPage } from '../../storage/audit-store.ts';
import { time } from './answer-schema.ts';
import { prefersCsv } from './csv.ts';
import { newestPageAnswer } from './newest-page.ts';
import { instant, pageLimit, parseParameters, wholeNumber } from './parameters.ts';
import { invalidParameters, jsonResponse, problemResponse } from './problem-response.ts';
import { csvResponse } from './range-answer.ts';
import { logForRequest } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';

const limitDefault = 100;
const text = once(() =>
  z.string().min(1, 'must not be empty').max(auditTextLengthMax, 'is too long').optional(),
);

const query = once(() =>
  z.object({
    actor: text()
      .describe(DESCRIBED && 'Only what this person or key did')
      .meta(DESCRIBED && { example: '4q0h2k7mzx1c' }),
    action: text()
      .describe(DESCRIBED && 'Only this action')
      .meta(DESCRIBED && { example: 'alert.acknowledge' }),
    result: z
      .enum(auditResults, 'must be ok, refused or failed')
      .optional()
      .describe(DESCRIBED && 'Only with this outcome')
      .meta(DESCRIBED && { example: 'refused' }),
    from: instant()
      .optional()
      .describe(DESCRIBED && 'Only at this time or later, ISO 8601 or epoch ms')
      .meta(DESCRIBED && { example: '2026-11-21T03:00:00Z' }),
    to: instant()
      .optional()
      .describe(DESCRIBED && 'Only before this time, ISO 8601 or epoch ms')
      .meta(DESCRIBED && { example: '2026-11-21T03:30:00Z' }),
    limit: pageLimit(limitDefault),
    cursor: wholeNumber(1, 999_999_999_999_999)
      .optional()
      .describe(DESCRIBED && '`meta.next_cursor` of the page before, for the page after it')
      .meta(DESCRIBED && { example: '4711' }),
  }),
);

const row = once(() =>
  z.strictObject({
    seq: z
      .int()
      .min(1)
      .describe(DESCRIBED && 'Place in the log, from 1, without gaps'),
    at: time(DESCRIBED && 'When'),
    actor: z.string().describe(DESCRIBED && 'Id of the person or key; `nobody` where none was shown'),
    role: z.string().describe(DESCRIBED && 'Role of the actor then'),
    action: z.string().describe(DESCRIBED && 'What was done'),
    target: z.string().describe(DESCRIBED && 'Id of what it was done to; empty where there is none'),
    country: z.string().describe(DESCRIBED && 'Two letters, as the platform tells; empty where it does not'),
    result: z.enum(auditResults).describe(DESCRIBED && 'How it ended'),
    details: z.record(z.string(), z.string()).describe(DESCRIBED && 'Short texts by name'),
    hash: z.string().describe(DESCRIBED && 'SHA-256 over the line and the hash of the line before'),
  }),
);

export const auditRoute: Route = {
  method: 'GET',
  path: '/api/admin/audit',
  role: 'admin',
  handler: audit,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: 'The audit log, newest first',
    description: 'Who did what, when, from which country, and how it ended. Reading it is noted too.',
    query: query(),
    answer: newestPageAnswer(row()),
    csv: true,
    problems: ['storage_unavailable'],
  },
};

async function audit(context: ApiContext): Promise<Response> {
  const parsed = parseParameters(query(), new URL(context.req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  const { actor, action, result, from, to, limit = limitDefault, cursor } = parsed.value;
  return await orUnavailable(async () => {
    const filter = { actor, action, result, fromMs: from, toMs: to };
    const read = await readAuditPage(context.env.DB, filter, { limit: limit + 1, before: cursor });
    const rows = read.slice(0, limit).map(shown);
    const next = read.length > limit ? String(rows.at(-1)?.seq) : null;
    if (prefersCsv(context.req.header('accept'))) return csvResponse(context, row(), rows, next);
    return jsonResponse({ data: rows, count: rows.length, meta: { next_cursor: next } });
  });
}

/** Details that are no JSON were tampered with: the check tells so, the page shows them. */
function shown(stored: AuditRow) {
  let details: unknown;
  try {
    details = JSON.parse(stored.details);
  } catch {
    details = { unreadable: stored.details };
  }
  return { ...stored, details };
}

/** 503 where D1 or R2 fails. */
export async function orUnavailable(work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    logForRequest('error', 'audit_unread', errorFields(error));
    return problemResponse('storage_unavailable', 'The database or the bucket does not answer.');
  }
}
