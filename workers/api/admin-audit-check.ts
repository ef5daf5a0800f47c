/** GET /api/admin/audit/check: whether the audit log is as it was written (AUD-4), piece by piece. */
import * as z from 'zod';
import type { ChainHead } from '../../core/access/audit-chain.ts';
import { auditCheckRows } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import { checkAudit } from '../../storage/audit-check.ts';
import { orUnavailable } from './admin-audit.ts';
import { count, time } from './answer-schema.ts';
import { parseParameters } from './parameters.ts';
import { invalidParameters, jsonResponse } from './problem-response.ts';
import { logForRequest } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';

const cursorForm = /^(\d{1,15})\.([0-9a-f]{64})$/;

const query = once(() =>
  z.object({
    cursor: z
      .string()
      .regex(cursorForm, 'must be `next` of the piece before')
      .transform(headOf)
      .optional()
      .describe(DESCRIBED && '`next` of the piece before, for the piece after it')
      .meta(DESCRIBED && { example: `10000.${'0a'.repeat(32)}` }),
  }),
);

export const auditCheckRoute: Route = {
  method: 'GET',
  path: '/api/admin/audit/check',
  role: 'admin',
  handler: check,
  tag: 'Access',
  doc: DESCRIBED && {
    summary: 'Whether the audit log is as it was written',
    description:
      'Reads the log and holds it against its hashes and against the heads that are noted outside of it. Finds an ' +
      'edit, a deletion, a swap, an insertion, a cut end or beginning, and a history written anew. One answer checks ' +
      `${auditCheckRows} rows at most: go on with \`next\` until \`done\`.`,
    query: query(),
    answer: z.strictObject({
      data: z.strictObject({
        ok: z.boolean().describe('False where something was done to the log, as far as it is checked'),
        rows: count('Rows that are right, from the first on, those of earlier pieces too'),
        total: count('Rows of the log'),
        removed: count('Rows before the first one, which were removed for their age'),
        done: z.boolean().describe('Whether the end of the log is reached'),
        next: z.string().nullable().describe('`cursor` of the next piece; null at the end and at a fault'),
        fault: z
          .strictObject({
            seq: z.int().describe('Place in the log'),
            kind: z
              .enum([
                'changed',
                'swapped',
                'inserted',
                'missing',
                'truncated_start',
                'truncated_end',
                'rewritten',
                'forged_start',
              ])
              .describe('What seems to have been done there'),
          })
          .nullable()
          .describe('The first place where it shows'),
        anchors: count('Heads noted outside of the log that this piece was held against'),
        newest_anchor: z
          .strictObject({ seq: z.int().min(1).describe('Its place'), at: time('When it was noted') })
          .nullable()
          .describe('The newest of all; null where there is none'),
      }),
    }),
    problems: ['storage_unavailable'],
  },
};

async function check({ env, req }: ApiContext): Promise<Response> {
  const parsed = parseParameters(query(), new URL(req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  return await orUnavailable(async () => {
    const checked = await checkAudit(env.DB, env.LAKE, parsed.value.cursor);
    const { fault, head, beginSeq, newestSeq, isDone, outside } = checked;
    if (fault) logForRequest('error', 'audit_fault', { ...fault });
    const { newest } = outside;
    return jsonResponse({
      data: {
        ok: fault === null,
        rows: Math.max(0, head.seq - beginSeq),
        total: Math.max(0, newestSeq - beginSeq),
        removed: beginSeq,
        done: isDone,
        next: fault || isDone ? null : `${head.seq}.${head.hash}`,
        fault,
        anchors: outside.anchors.length,
        newest_anchor: newest ? { seq: newest.seq, at: newest.at } : null,
      },
    });
  });
}

/** The place and its hash: who changes them is told of a fault, as the log does not hold them. */
function headOf(cursor: string): ChainHead {
  const [, seq = '', hash = ''] = cursorForm.exec(cursor) ?? [];
  return { seq: Number(seq), hash };
}
