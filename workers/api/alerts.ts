import * as z from 'zod';
import { maskNames, masksPeople, namesOf } from '../../core/access/masks.ts';
import { alertRow } from '../../core/alert/alert-row.ts';
import { alertSeverities } from '../../core/alert/alert-rule.ts';
import { alertRangeMinutesMax } from '../../core/protocol/batch-limits.ts';
import { contentIdLengthMax, labelLengthMax, windowMs } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import type { AlertFilter } from '../../storage/alert-store.ts';
import { readAlertPage } from './alert-reader.ts';
import { alertSchema } from './alert-schema.ts';
import { pageAnswer } from './answer-schema.ts';
import { writeCursor } from './cursor.ts';
import { invalidParameters } from './problem-response.ts';
import { rankedResponse } from './range-answer.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { alertSourcesOf } from './sources.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';

const name = (lengthMax: number) =>
  z.string().min(1, 'must not be empty').max(lengthMax, 'is too long').optional();

const own = once(() => ({
  severity: z
    .enum(alertSeverities, 'must be CRITICAL, WARNING or INFO')
    .optional()
    .describe(DESCRIBED && 'Only of this severity')
    .meta(DESCRIBED && { example: 'CRITICAL' }),
  state: z
    .enum(['firing', 'resolved'], 'must be firing or resolved')
    .optional()
    .describe(DESCRIBED && 'Only those that fire, or that are over')
    .meta(DESCRIBED && { example: 'firing' }),
  alert_type: name(64)
    .describe(DESCRIBED && 'Only of this type')
    .meta(DESCRIBED && { example: 'LOW_SUCCESS_RATE' }),
  acknowledged: z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .optional()
    .describe(DESCRIBED && 'Only those that somebody has acknowledged, or that nobody has')
    .meta(DESCRIBED && { example: 'false' }),
  content_id: name(contentIdLengthMax)
    .describe(DESCRIBED && 'Only of this content; not with device_type')
    .meta(DESCRIBED && { example: 'film-001' }),
  device_type: name(labelLengthMax)
    .describe(DESCRIBED && 'Only of this device type; not with content_id')
    .meta(DESCRIBED && { example: 'tv' }),
}));

const parameters = once(() =>
  rangeQuery({
    minutes: 1440,
    minutesMax: alertRangeMinutesMax,
    own: own(),
    refused: { content_type: 'cannot be answered here: rules judge regions, contents and devices' },
    filters: false,
    pages: { limit: 50, shape: ['number', 'string'] },
  }),
);

/** Alerts by the time at which they were recorded, the newest first. */
export const alertsRoute: Route = {
  method: 'GET',
  path: '/api/stats/alerts',
  role: 'viewer',
  handler: alerts,
  unmasked: 'alerts.read_unmasked',
  tag: 'Alerts',
  doc: DESCRIBED && {
    summary: 'Alerts, newest first',
    description: 'Those that were recorded (`created_at`) in the range, with what people have added to them.',
    query: parameters().documented,
    answer: pageAnswer(alertSchema()),
    csv: true,
    problems: ['storage_unavailable'],
  },
};

async function alerts(context: ApiContext): Promise<Response> {
  const asked = await statsQuery(context, parameters(), Date.now());
  if ('response' in asked) return asked.response;
  const { query } = asked;
  const { values, regions, range, page } = query;
  if (values.content_id !== undefined && values.device_type !== undefined) {
    const message = 'cannot go with content_id: an alert is of the one or of the other';
    return invalidParameters([{ parameter: 'device_type', message }]);
  }
  const [createdAtMs, id] = (page.after ?? []) as [number?, string?];
  const after = createdAtMs === undefined || id === undefined ? null : { createdAtMs, id };
  const filter = filterOf(query);
  const read = await readAlertPage(alertSourcesOf(context.env), regions, filter, {
    limit: page.limit,
    after,
  });
  const rows = read.alerts.map(({ record, acknowledgement }) => alertRow(record, acknowledgement));
  const isMasked = masksPeople(person().role);
  const shown = isMasked ? rows.map(maskNames) : rows;
  const named = rows.filter((row) => namesOf(row).length > 0);
  if (!isMasked) noteForAudit({ unmasked: named.length });
  const last = read.more ? read.alerts.at(-1)?.record : undefined;
  const next = last ? writeCursor(page.question, { range, after: [last.createdAtMs, last.id] }) : null;
  const { answers, warnings } = read;
  const active = new Set(regions.map(({ number }) => number));
  return rankedResponse(
    context,
    { range, regions, active, source: 'stream', answers, warnings },
    alertSchema(),
    {
      rows: shown,
      next,
    },
  );
}

function filterOf({ values, regions, range }: StatsQuery<AlertValues>): AlertFilter {
  const { content_id, device_type } = values;
  return {
    fromMs: range.fromMinute * windowMs,
    toMs: range.toMinute * windowMs,
    regions: regions.map(({ number }) => number),
    severity: values.severity,
    state: values.state,
    alertType: values.alert_type,
    acknowledged: values.acknowledged,
    dimension: content_id !== undefined ? 'content' : device_type !== undefined ? 'device' : undefined,
    dimensionKey: content_id ?? device_type,
  };
}

type AlertValues = z.output<z.ZodObject<ReturnType<typeof own>>>;
