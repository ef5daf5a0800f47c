/** `POST /v1/events`: decode, judge each record, number, send; 202 only once everything is in the queue (ING-1). */
import type { Identifier } from '../../core/protocol/identity.ts';
import { epochMs } from '../../core/protocol/ids.ts';
import { judgeBody } from '../../core/protocol/judge-body.ts';
import type { JudgedRequest, RequestContext } from '../../core/protocol/judge-request.ts';
import { inflatedBytesPerIsolateMax } from '../../core/protocol/limits.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { RegionDirectory } from '../../core/protocol/region-directory.ts';
import { toHex } from '../../storage/hex.ts';
import { loadIdentifier, NotConfiguredError } from '../../storage/load-identifier.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';
import type { Env } from '../env.ts';
import { type Admitted, admitProducer } from './admit-producer.ts';
import { acceptedAnswer, problemAnswer } from './answer.ts';
import { packParcel, type RequestParcel, shipParcels } from './deliver.ts';
import { Door } from './door.ts';
import { HeldBytes } from './held-bytes.ts';
import { JoinedSends, type JoiningPost } from './joined-sends.ts';
import { KeyLimitsOfIsolate } from './key-limits.ts';
import { KeyRing } from './key-ring.ts';
import type { RefusedKey } from './producer.ts';
import { type BodyForm, type BodyRefusal, bodyForm, readBody } from './read-body.ts';

/** What the requests of one isolate share. */
export interface Isolate {
  readonly door: Door;
  readonly held: HeldBytes;
  readonly keys: KeyRing;
  readonly limits: KeyLimitsOfIsolate;
  readonly sends: JoinedSends<RequestParcel>;
  readonly now: () => number;
}

/** Made by the first request: at module scope the platform has neither randomness nor a clock. */
let isolate: Isolate | undefined;

export function createIsolate(doorId: string, now: () => number): Isolate {
  return {
    door: new Door(doorId, now()),
    held: new HeldBytes(inflatedBytesPerIsolateMax),
    keys: new KeyRing(),
    limits: new KeyLimitsOfIsolate(),
    sends: new JoinedSends(),
    now,
  };
}

/** How a request is known outside of the door. */
export interface RequestTies {
  /** Goes into log lines. */
  readonly requestId?: string;
  /** Told of a refusal whose key is known. */
  readonly noteRefused?: (key: RefusedKey) => void;
}

/** The door for events. Every answer but 202 may be retried whole. */
export async function handleEvents(
  request: Request,
  env: Env,
  ctx: ExecutionContext,
  ties: RequestTies,
): Promise<Response> {
  isolate ??= createIsolate(toHex(crypto.getRandomValues(new Uint8Array(8))), Date.now);
  return await ingest(request, env, ctx, isolate, ties);
}

/** handleEvents with the state of its isolate given. */
export async function ingest(
  request: Request,
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  isolate: Isolate,
  { requestId, noteRefused = () => undefined }: RequestTies = {},
): Promise<Response> {
  if (request.method !== 'POST') return problemAnswer('method_not_allowed', 'events are sent with POST');
  try {
    const admitted = await admitProducer(request, env, {
      ...isolate,
      waitUntil: (task) => ctx.waitUntil(task),
      noteRefused,
    });
    if (admitted instanceof Response) return admitted;
    return await takeEvents(request, env, ctx, isolate, admitted, requestId);
  } catch (error) {
    if (error instanceof NotMigratedError) return problemAnswer('not_migrated', error.message);
    if (error instanceof NotConfiguredError) return problemAnswer('not_configured', error.message);
    throw error;
  }
}

/** What stands behind the lock: the events of a producer that was let in. */
export async function takeEvents(
  request: Request,
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
  isolate: Isolate,
  admitted: Admitted,
  requestId?: string,
): Promise<Response> {
  const { door, sends, now } = isolate;
  const post = sends.begin({
    ship: (parcels) => shipParcels(parcels, door, env.EVENTS),
    waitUntil: (task) => ctx.waitUntil(task),
    now,
  });
  const answering = answerEvents(request, env, isolate, admitted, post, requestId).finally(() => post.end());
  // A client that goes away must not leave numbers behind of which nobody knows whether they were sent, nor bytes held.
  ctx.waitUntil(answering.catch(() => undefined));
  return await answering;
}

async function answerEvents(
  request: Request,
  env: Env,
  { door, held, now }: Isolate,
  admitted: Admitted,
  post: JoiningPost<RequestParcel>,
  requestId: string | undefined,
): Promise<Response> {
  const { account: producer, regionScope } = admitted;
  const form = bodyForm(request.headers);
  if (!form.ok) return problemAnswer(form.code, form.detail);
  const names = await readNames(env, now());
  if (names instanceof Response) return names;
  const { identifier, regions } = names;
  const judged = await judgeRead(request, form, held, admitted, () => ({
    receivedAtMs: epochMs(now()),
    regions,
    nearest: regions.nearest(...placeOf(request)),
    regionScope,
    producer,
    identifier,
  }));
  if (judged instanceof Response) return judged;
  if ('ok' in judged) return problemAnswer(judged.code, judged.detail);
  const receipt = door.nextReceipt();
  const delivery = { receipt, requestId, producer, pseudonymVersion: identifier.pseudonymVersion };
  const isQueued = await post.join(packParcel(judged, door, delivery));
  if (isQueued) return acceptedAnswer(receipt, judged, admitted.fields());
  return problemAnswer(
    'queue_unavailable',
    'the events are not all in the queue; send the request again, whole',
  );
}

/** What gives events their names. An isolate that D1 has never answered cannot know them: the request comes again. */
async function readNames(
  env: Env,
  nowMs: number,
): Promise<Response | { readonly identifier: Identifier; readonly regions: RegionDirectory }> {
  try {
    const identifier = await loadIdentifier(env);
    return { identifier, regions: RegionDirectory.of(await loadRegions(env.DB, nowMs)) };
  } catch (error) {
    const isOutage = !(error instanceof NotMigratedError || error instanceof NotConfiguredError);
    if (!isOutage || error instanceof StoredDataError) throw error;
    console.error(logLine('error', 'ingest.registry_unread', errorFields(error)));
    return problemAnswer(
      'storage_unavailable',
      'the regions cannot be read now; send the request again, whole',
    );
  }
}

/**
 * Reads and judges while the body is held, and charges the key; only the judged records outlive it. A body that cannot
 * be read costs its bytes.
 */
async function judgeRead(
  request: Request,
  { encoding, framing }: BodyForm,
  held: HeldBytes,
  admitted: Admitted,
  contextOf: () => Omit<RequestContext, 'bytesReplaced'>,
): Promise<JudgedRequest | BodyRefusal | Response> {
  const lease = held.lease();
  try {
    const body = await readBody(request, encoding, lease);
    if (!body.ok) return body;
    const verdicts = judgeBody(body.bytes, framing, contextOf());
    const events = verdicts.ok ? verdicts.judged.received : 0;
    const refused = await admitted.charge({ events, bytes: body.wireBytes });
    if (refused) return refused;
    return verdicts.ok ? verdicts.judged : verdicts;
  } finally {
    lease.release();
  }
}

/** Latitude and longitude as the platform locates the sender; NaN where it does not. */
function placeOf(request: Request): [number, number] {
  const { latitude, longitude } = request.cf ?? {};
  const read = (degrees: unknown) =>
    typeof degrees === 'string' && degrees !== '' ? Number(degrees) : Number.NaN;
  return [read(latitude), read(longitude)];
}
