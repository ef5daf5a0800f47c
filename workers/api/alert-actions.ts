import * as z from 'zod';
import { namesOf } from '../../core/access/masks.ts';
import type { Acknowledgement } from '../../core/alert/alert-record.ts';
import { alertRow } from '../../core/alert/alert-row.ts';
import { closedBy } from '../../core/alert/record.ts';
import { alertCommentLengthMax } from '../../core/protocol/limits.ts';
import { errorFields } from '../../core/protocol/log-line.ts';
import { once } from '../../core/protocol/once.ts';
import { hubObjectName, shardObjectName } from '../../core/protocol/region.ts';
import { minuteOf } from '../../core/window/time.ts';
import type { ShardAddress } from '../../core/window/verdict.ts';
import { acknowledgeAlert, readAlert, type StoredAlert, saveAlerts } from '../../storage/alert-store.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import { readShardsOf } from '../../storage/region-registry.ts';
import type { Env } from '../env.ts';
import { readActionBody } from './action-body.ts';
import { findAlert } from './alert-reader.ts';
import { alertSchema } from './alert-schema.ts';
import { isoTime } from './figures.ts';
import { jsonResponse, problemResponse } from './problem-response.ts';
import { logForRequest, noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { alertSourcesOf } from './sources.ts';
import { type ApiContext, namedRegions } from './stats-query.ts';

const path =
  DESCRIBED &&
  z.object({
    id: z.string().describe('`id` of the alert').meta({ example: 'LOW_SUCCESS_RATE.1.4.29920325' }),
  });

const body = once(() =>
  z
    .strictObject({
      comment: z
        .string('must be text')
        .max(alertCommentLengthMax, `must have at most ${alertCommentLengthMax} characters`)
        .nullable()
        .optional()
        .describe(DESCRIBED && 'What others should know'),
    })
    .describe(DESCRIBED && 'May be left out'),
);

const answer = DESCRIBED && z.strictObject({ data: alertSchema() });
const common =
  DESCRIBED && ({ path, body: body(), bodyExample: { comment: 'The CDN is on it.' }, answer } as const);

export const acknowledgeRoute: Route = {
  method: 'POST',
  path: '/api/alerts/:id/ack',
  role: 'analyst',
  handler: acknowledge,
  unmasked: 'alerts.read_unmasked',
  tag: 'Alerts',
  doc: DESCRIBED && {
    ...common,
    summary: 'Acknowledge an alert',
    description: 'Says that somebody has seen it, once; everybody who watches sees it at once.',
    problems: [
      'not_found',
      'already_acknowledged',
      'unreadable_body',
      'payload_too_large',
      'storage_unavailable',
    ],
  },
};

export const resolveRoute: Route = {
  method: 'POST',
  path: '/api/alerts/:id/resolve',
  role: 'analyst',
  handler: resolve,
  unmasked: 'alerts.read_unmasked',
  tag: 'Alerts',
  doc: DESCRIBED && {
    ...common,
    summary: 'Close an alert that fires',
    description:
      'For alerts that no window will resolve, as of a region that is silent for good. It also acknowledges the ' +
      'alert, with the comment, where nobody has.',
    problems: [
      'not_found',
      'already_resolved',
      'unreadable_body',
      'payload_too_large',
      'storage_unavailable',
    ],
  },
};

async function acknowledge(context: ApiContext): Promise<Response> {
  return await act(context, async (alert, acknowledgement) => {
    if (await noteAcknowledgement(context, alert, acknowledgement)) return null;
    const { by, atMs } =
      (await readAlert(context.env.DB, alert.record.id))?.acknowledgement ?? acknowledgement;
    noteShown(by);
    return problemResponse('already_acknowledged', `${by} acknowledged it at ${isoTime(atMs)}.`);
  });
}

async function resolve(context: ApiContext): Promise<Response> {
  return await act(context, async (alert, acknowledgement) => {
    const { record } = alert;
    if (record.state === 'resolved' || (await closeInShard(context.env, alert)) === 'resolved') {
      const ended = record.resolvedAtMs === null ? '' : ` It ended at ${isoTime(record.resolvedAtMs)}.`;
      return problemResponse('already_resolved', `The alert is over.${ended}`);
    }
    await noteAcknowledgement(context, alert, acknowledgement);
    return null;
  });
}

/** Finds the alert, lets `work` change it, and answers with its row as it is then, unless `work` refuses. */
async function act(
  context: ApiContext,
  work: (alert: StoredAlert, acknowledgement: Acknowledgement) => Promise<Response | null>,
): Promise<Response> {
  const read = await readActionBody(context.req.raw, body());
  if ('response' in read) return read.response;
  const id = context.req.param('id') ?? '';
  const atMs = Date.now();
  const regions = await namedRegions(context.env.DB, undefined, atMs);
  if ('response' in regions) return regions.response;
  const sources = alertSourcesOf(context.env);
  try {
    const found = await findAlert(sources, regions, id);
    const isSeen = regions.some(({ number }) => number === found?.alert.record.regionNumber);
    if (!found || !isSeen) return problemResponse('not_found', `There is no alert ${id}.`);
    // A shard may have told of it before D1 has it; what people say needs its row.
    if (!found.isStored) await saveAlerts(context.env.DB, [found.alert.record]);
    const comment = read.value.comment?.trim() || null;
    const refused = await work(found.alert, { by: person().name, atMs, comment });
    if (refused) return refused;
    const own = regions.filter(({ number }) => number === found.alert.record.regionNumber);
    const { record, acknowledgement } = (await findAlert(sources, own, id))?.alert ?? found.alert;
    const data = alertRow(record, acknowledgement);
    noteShown(namesOf(data).find((name) => name !== person().name));
    return jsonResponse({ data });
  } catch (error) {
    if (error instanceof NotMigratedError) throw error;
    logForRequest('error', 'alert_action_failed', { id, ...errorFields(error) });
    const detail = 'The database or the region does not answer. Read the alert before you try again.';
    return problemResponse('storage_unavailable', detail);
  }
}

/** One's own name tells nothing. */
function noteShown(name: string | undefined): void {
  if (name !== undefined && name !== person().name) noteForAudit({ unmasked: 1 });
}

/** False where somebody has before. */
async function noteAcknowledgement(
  { env, executionCtx }: ApiContext,
  { record }: StoredAlert,
  acknowledgement: Acknowledgement,
): Promise<boolean> {
  if ((await acknowledgeAlert(env.DB, record.id, acknowledgement)) !== 'acknowledged') return false;
  executionCtx.waitUntil(tellHub(env, record.id, acknowledgement));
  return true;
}

/** Viewers see it at once; a hub that cannot be told reads it from D1 when it wakes. */
async function tellHub({ LIVE_HUB }: Env, id: string, acknowledgement: Acknowledgement): Promise<void> {
  try {
    await LIVE_HUB.get(LIVE_HUB.idFromName(hubObjectName)).acknowledged(id, acknowledgement);
  } catch (error) {
    logForRequest('warn', 'hub_untold', { id, ...errorFields(error) });
  }
}

/** The call as it is over RPC. Spelled out here, because the platform's mapped type of it is too deep to use. */
interface RegionDoor {
  closeAlert(address: ShardAddress, id: string, by: string): Promise<'closed' | 'resolved' | 'absent'>;
}

/** An alert that no shard holds, as after the loss of a log or of the accounts' check, is closed in D1 alone. */
async function closeInShard(
  { DB, REGION_WINDOW, LIVE_HUB }: Env,
  { record }: StoredAlert,
): Promise<'closed' | 'resolved'> {
  const by = person().name;
  for (const address of await readShardsOf(DB, record.regionNumber)) {
    const id = REGION_WINDOW.idFromName(shardObjectName(address.regionNumber, address.shard));
    const door = REGION_WINDOW.get(id) as unknown as RegionDoor;
    const outcome = await door.closeAlert(address, record.id, by);
    if (outcome !== 'absent') return outcome;
  }
  const nowMs = Date.now();
  const { change, ...origin } = record.revision;
  const closed = closedBy(record, minuteOf(nowMs), nowMs, by);
  const told = { ...closed, revision: { ...origin, change: change + 1 } };
  await saveAlerts(DB, [told]);
  await LIVE_HUB.get(LIVE_HUB.idFromName(hubObjectName)).alerted([{ record: told, acknowledgement: null }]);
  return 'closed';
}
