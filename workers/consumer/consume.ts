/**
 * The queue's consumer (LOG-1): regroups the chunks of a batch by shard, one call a shard; a message is acknowledged
 * only after every chunk in it has a verdict and every refused chunk lies in the dead-letter store.
 */
import { FormatError } from '../../core/protocol/bytes.ts';
import { decodeEnvelope, type Envelope } from '../../core/protocol/envelope.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { RejectReport } from '../../core/protocol/reject-report.ts';
import type { ChunkVerdict, ShardAddress } from '../../core/window/verdict.ts';
import type { DeadLetter } from '../../storage/dead-letters.ts';
import { byShard, type PendingChunk, pendingChunk } from './shard-batch.ts';

/** What the consumer needs of the world; workers/consumer/consumer-ports.ts binds it to the platform. */
export interface ConsumerPorts {
  /** Throws where the registry cannot be asked. */
  readonly isShard: (address: ShardAddress) => Promise<boolean>;
  /** Commits chunks in a shard; throws when the shard can't. */
  receive(address: ShardAddress, chunks: readonly Uint8Array[]): Promise<readonly ChunkVerdict[]>;
  /** Storing the same letter again changes nothing. */
  storeDeadLetter(letter: DeadLetter): Promise<unknown>;
  saveRejectReports(reports: readonly RejectReport[]): Promise<unknown>;
}

/** A delivered queue message, as far as the consumer cares. */
export interface Delivery {
  readonly id: string;
  readonly attempts: number;
  /** When the queue took it, ms: the same at every delivery. */
  readonly sentAtMs: number;
  readonly body: Uint8Array;
  ack(): void;
  retry(options: { delaySeconds: number }): void;
}

/** A chunk that still throws alone, for a reason that is not the infrastructure's, after this many deliveries. */
const poisonAttempts = 5;
const retrySecondsMax = 300;

/** Seconds until the next try: 1, 2, 4 ... 300. */
export function retryDelaySeconds(attempts: number): number {
  return Math.min(retrySecondsMax, 2 ** Math.max(0, attempts - 1));
}

export async function consume(deliveries: readonly Delivery[], ports: ConsumerPorts): Promise<void> {
  const opened = await Promise.all(deliveries.map((delivery) => open(delivery, ports)));
  const chunks = opened.flatMap((message) => message.chunks);
  await Promise.all(byShard(chunks).map(([address, group]) => commit(address, group, ports)));
  const reportsSaved = await saveReports(
    opened.flatMap((message) => message.reports),
    ports,
  );
  await Promise.all(opened.map((message) => settle(message, reportsSaved, ports)));
}

interface OpenedMessage {
  readonly delivery: Delivery;
  readonly chunks: readonly PendingChunk[];
  readonly reports: readonly RejectReport[];
  /** Set when the envelope itself can't be read. */
  readonly broken: FormatError | null;
}

async function open(delivery: Delivery, ports: ConsumerPorts): Promise<OpenedMessage> {
  let envelope: Envelope;
  try {
    envelope = decodeEnvelope(delivery.body);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { delivery, chunks: [], reports: [], broken: error };
  }
  const chunks = await Promise.all(
    envelope.chunks.map((bytes) => pendingChunk(bytes, delivery.attempts, ports.isShard)),
  );
  return { delivery, chunks, reports: envelope.reports, broken: null };
}

/** One call for the shard's chunks; if it throws, each chunk alone, so that a poison chunk sinks no neighbour. */
async function commit(
  address: ShardAddress,
  group: readonly PendingChunk[],
  ports: ConsumerPorts,
): Promise<void> {
  try {
    const verdicts = await ports.receive(
      address,
      group.map((chunk) => chunk.bytes),
    );
    for (const [i, chunk] of group.entries()) chunk.verdict = verdicts[i] ?? null;
  } catch (error) {
    console.warn(
      logLine('warn', 'shard_call_failed', { ...address, chunks: group.length, ...errorFields(error) }),
    );
    if (isInfrastructure(error)) return;
    for (const chunk of group) chunk.verdict = await commitAlone(address, chunk, ports);
  }
}

async function commitAlone(
  address: ShardAddress,
  chunk: PendingChunk,
  ports: ConsumerPorts,
): Promise<ChunkVerdict | null> {
  try {
    const [verdict] = await ports.receive(address, [chunk.bytes]);
    return verdict ?? null;
  } catch (error) {
    if (isInfrastructure(error) || chunk.attempts < poisonAttempts) return null;
    return { verdict: 'refused', code: 'always_throws', message: errorFields(error).error };
  }
}

/** The platform marks what is worth another try; a full shard says so in words. */
function isInfrastructure(error: unknown): boolean {
  const marks = error as { retryable?: unknown; overloaded?: unknown; message?: unknown };
  if (marks?.retryable === true || marks?.overloaded === true) return true;
  return typeof marks?.message === 'string' && marks.message.includes('the log of this shard is full');
}

async function saveReports(reports: readonly RejectReport[], ports: ConsumerPorts): Promise<boolean> {
  if (reports.length === 0) return true;
  try {
    await ports.saveRejectReports(reports);
    return true;
  } catch (error) {
    console.warn(logLine('warn', 'reject_reports_failed', errorFields(error)));
    return false;
  }
}

async function settle(message: OpenedMessage, reportsSaved: boolean, ports: ConsumerPorts): Promise<void> {
  const { delivery } = message;
  const undecided = message.chunks.some((chunk) => chunk.verdict === null);
  const unsaved = message.reports.length > 0 && !reportsSaved;
  const buried = await bury(message, ports);
  if (undecided || unsaved || !buried) delivery.retry({ delaySeconds: retryDelaySeconds(delivery.attempts) });
  else delivery.ack();
}

/** Puts what was refused into the dead-letter store; false when the store did not take it. */
async function bury(message: OpenedMessage, ports: ConsumerPorts): Promise<boolean> {
  try {
    await Promise.all(letters(message).map((letter) => ports.storeDeadLetter(letter)));
    return true;
  } catch (error) {
    console.error(logLine('error', 'dead_letter_failed', errorFields(error)));
    return false;
  }
}

function letters(message: OpenedMessage): DeadLetter[] {
  const { delivery, broken } = message;
  if (broken)
    return [{ ...wholeMessage(delivery, delivery.body), code: 'undecodable', message: broken.message }];
  return message.chunks.flatMap((chunk) => {
    if (chunk.verdict?.verdict !== 'refused') return [];
    const { code, message: reason } = chunk.verdict;
    if (!chunk.header) return [{ ...wholeMessage(delivery, chunk.bytes), code, message: reason }];
    const { regionNumber: region, receivedAtMs: atMs, shard, door, firstNumber, count } = chunk.header;
    const { producer, twins, voids } = chunk.header;
    const numbers = { firstNumber, count, twins, voids: voids.flat() };
    const source = { kind: 'chunk', region, shard, door, producer, ...numbers } as const;
    return [{ source, bytes: chunk.bytes, code, message: reason, atMs }];
  });
}

function wholeMessage(delivery: Delivery, bytes: Uint8Array): Pick<DeadLetter, 'source' | 'bytes' | 'atMs'> {
  return { source: { kind: 'message', messageId: delivery.id }, bytes, atMs: delivery.sentAtMs };
}
