/** The test's environment with a queue that remembers what it was sent, and fails when told to. */
import { env } from 'cloudflare:workers';
import { type Chunk, decodeChunk } from '../../../core/protocol/chunk.ts';
import { decodeEnvelope } from '../../../core/protocol/envelope.ts';
import type { IngestAnswer } from '../../../core/protocol/ingest-answer.ts';
import type { RejectReport } from '../../../core/protocol/reject-report.ts';
import type { Env } from '../../../workers/env.ts';
import { createIsolate, type Isolate, ingest } from '../../../workers/ingest/handle-events.ts';
import { testKey } from '../test-credentials.ts';

interface Message {
  readonly body: Uint8Array;
  readonly contentType?: string;
}

class RecordingQueue {
  readonly batches: Message[][] = [];
  /** Sends that succeed before all others fail. */
  sendsLeft = Number.POSITIVE_INFINITY;

  async sendBatch(messages: Iterable<Message>): Promise<void> {
    await Promise.resolve();
    if (this.sendsLeft-- <= 0) throw new Error('Queue is unavailable');
    this.batches.push([...messages]);
  }

  get messages(): Message[] {
    return this.batches.flat();
  }

  get chunks(): Chunk[] {
    return this.messages.flatMap(({ body }) => decodeEnvelope(body).chunks).map(decodeChunk);
  }

  get reports(): RejectReport[] {
    return this.messages.flatMap(({ body }) => decodeEnvelope(body).reports);
  }

  clear(): void {
    this.batches.length = 0;
  }
}

/** One isolate with a fixed door and clock in front of a recording queue. */
export class TestDoor {
  readonly queue = new RecordingQueue();
  readonly env: Env;
  readonly isolate: Isolate;
  /** 2026-11-20T12:00:00Z at first. */
  nowMs = 1_795_176_000_000;

  constructor(changes: Partial<Env> = {}, doorId = '0123456789abcdef') {
    this.env = { ...env, EVENTS: this.queue as unknown as Env['EVENTS'], ...changes };
    this.isolate = createIsolate(doorId, () => this.nowMs);
  }

  async send(request: Request): Promise<Response> {
    const waited: Promise<unknown>[] = [];
    const response = await ingest(
      request,
      this.env,
      { waitUntil: (task) => waited.push(task) },
      this.isolate,
    );
    await Promise.all(waited);
    return response;
  }

  /** Posts and expects 202. */
  async post(body: BodyInit | object, headers: Record<string, string> = {}): Promise<IngestAnswer> {
    const response = await this.send(eventsRequest(body, headers));
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
    return await response.json();
  }

  /** Posts and expects a problem: "status code". */
  async refusal(body: BodyInit | object, headers: Record<string, string> = {}): Promise<string> {
    const response = await this.send(eventsRequest(body, headers));
    const { status, code, title, detail, type } = await response.json<Record<string, unknown>>();
    if (response.headers.get('content-type') !== 'application/problem+json')
      throw new Error('no problem+json');
    if (status !== response.status) throw new Error(`${String(status)} in ${response.status}`);
    if (!title || !detail || !type) throw new Error('an incomplete problem');
    return `${response.status} ${String(code)}`;
  }
}

const london = { latitude: '51.50', longitude: '-0.12' };

/** A POST from London. Objects and arrays are sent as JSON; texts and bytes as they are. */
export function eventsRequest(
  body: BodyInit | object,
  headers: Record<string, string> = {},
  cf: Record<string, string> = london,
): Request {
  const raw = typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
  return new Request('https://marquee.example/v1/events', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${testKey}`, ...headers },
    body: raw ? (body as BodyInit) : JSON.stringify(body),
    cf: cf as unknown as CfProperties,
  });
}

export function view(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    event_id: 'e-1',
    event_type: 'view',
    timestamp: '2026-11-20T11:59:00Z',
    region: 'EU-London',
    content_id: 'c-1',
    ...changes,
  };
}

export function views(count: number, changes: Readonly<Record<string, unknown>> = {}): object[] {
  return Array.from({ length: count }, (_, index) => view({ event_id: `e-${index}`, ...changes }));
}

export async function compressed(
  body: string,
  format: 'gzip' | 'deflate' | 'deflate-raw',
): Promise<Uint8Array> {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream(format));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
