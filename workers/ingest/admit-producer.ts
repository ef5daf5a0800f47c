/** What stands before the judging of a request: whose it is, and whether its key has something left. */
import type { Amount, LeaseAsk, LimitName, Loan } from '../../core/access/rate-limit.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { IngestKey } from '../../storage/key-store.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import { StoredDataError } from '../../storage/stored-data-error.ts';
import type { Env } from '../env.ts';
import { problemAnswer } from './answer.ts';
import type { AskMeter, KeyLimitsOfIsolate, MeterContext } from './key-limits.ts';
import type { KeyRing } from './key-ring.ts';
import { type Producer, producerOf, type RefusedKey } from './producer.ts';
import { rateHeaders } from './rate-headers.ts';

export interface Gate {
  readonly keys: KeyRing;
  readonly limits: KeyLimitsOfIsolate;
  readonly now: () => number;
  readonly waitUntil: (task: Promise<unknown>) => void;
  /** Told of a refusal whose key is known (AUD-3). */
  readonly noteRefused: (key: RefusedKey) => void;
}

/** A producer that was let in. */
export interface Admitted {
  readonly account: string;
  readonly regionScope: ReadonlySet<string> | null;
  /** Spends the cost of a request; the answer to give if it may not pass. */
  charge(cost: Amount): Promise<Response | null>;
  /** Header fields of the answer: what is left. */
  fields(): Readonly<Record<string, string>>;
}

/** Throws NotMigratedError. */
export async function admitProducer(request: Request, env: Env, gate: Gate): Promise<Admitted | Response> {
  const { keys, limits, now, waitUntil } = gate;
  const producer = await checked(request, env, gate);
  if (producer instanceof Response) return producer;
  const { account, key } = producer;
  const fields = () => rateHeaders(key.limits, limits.left(key), now());
  const tooMany = (short: LimitName, waitMs: number) => {
    const headers = { ...fields(), 'retry-after': String(Math.ceil(waitMs / 1000)) };
    return problemAnswer(
      'too_many_requests',
      `${limitWords(key, short)}; nothing of this was taken`,
      headers,
    );
  };
  const limited = limits.refusal(key, now());
  if (limited) return tooMany(limited.short, limited.waitMs);
  const noted = keys.noteUse(env.DB, key, now());
  if (noted) waitUntil(noted.catch((error) => logUnnoted(key, error)));
  const context: MeterContext = { askMeter: askMeterOf(env), now, waitUntil };
  return {
    account,
    regionScope: key.regions && new Set(key.regions),
    fields,
    charge: async (cost) => {
      const refused = await limits.admit(key, cost, context);
      if (!refused) return null;
      if (refused.kind === 'refused') return tooMany(refused.short, refused.waitMs);
      const { events, bytes } = refused.burst;
      const detail = `the key may send ${events} records and ${bytes} bytes at once; send fewer records at once`;
      return problemAnswer('payload_too_large', detail, fields());
    },
  };
}

/** While D1 does not answer, keys cannot be checked: then producers are to come again, as when the queue is away. */
async function checked(
  request: Request,
  env: Env,
  { keys, now, noteRefused }: Gate,
): Promise<Producer | Response> {
  try {
    const producer = await producerOf(request, env, keys, now());
    if (producer.ok) return producer;
    if (producer.key) noteRefused(producer.key);
    return problemAnswer('unauthorized', producer.detail);
  } catch (error) {
    if (error instanceof NotMigratedError || error instanceof StoredDataError) throw error;
    console.error(logLine('error', 'ingest.key_unread', errorFields(error)));
    return problemAnswer(
      'storage_unavailable',
      'the key cannot be checked now; send the request again, whole',
    );
  }
}

function limitWords({ limits }: IngestKey, short: LimitName): string {
  const words: Record<LimitName, string> = {
    events: `the key may send ${limits.eventsPerSecond} events a second`,
    bytes: `the key may send ${limits.bytesPerSecond} bytes a second`,
    day: `the key may send ${limits.eventsPerDay} events a day`,
  };
  return words[short];
}

function logUnnoted({ id }: IngestKey, error: unknown): void {
  console.warn(logLine('warn', 'ingest.use_unnoted', { key: id, ...errorFields(error) }));
}

/** The call as it is over RPC. Spelled out here, because the platform's mapped type of it is too deep to use. */
interface MeterDoor {
  lend(ask: LeaseAsk): Promise<Loan>;
}

const askMeterOf =
  ({ KEY_METER }: Env): AskMeter =>
  (keyId, ask) =>
    (KEY_METER.get(KEY_METER.idFromName(keyId)) as unknown as MeterDoor).lend(ask);
