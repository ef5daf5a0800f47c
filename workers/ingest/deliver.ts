/** From judged records to messages in the queue. */
import { splitIntoChunks } from '../../core/protocol/chunk.ts';
import { packEnvelopes } from '../../core/protocol/envelope.ts';
import type { JudgedRequest } from '../../core/protocol/judge-request.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { Door, Numbers } from './door.ts';
import { sendEnvelopes } from './send-envelopes.ts';

export interface Delivery {
  readonly receipt: string;
  /** Of the HTTP request; for the log. */
  readonly requestId: string | undefined;
  readonly producer: string;
  readonly pseudonymVersion: number;
}

/**
 * Numbers the accepted events, packs them and puts them into the queue; true once all are in (ING-1). If any message
 * fails, all numbers of the request become void and its rejects are taken out of the totals: it will come again whole.
 */
export async function deliver(
  judged: JudgedRequest,
  door: Door,
  queue: Queue<Uint8Array>,
  delivery: Delivery,
): Promise<boolean> {
  const { receivedAtMs } = judged;
  const { producer, pseudonymVersion } = delivery;
  const minute = Math.floor(receivedAtMs / 60_000);
  const rejects = { producer, minute, rejectedByCode: judged.rejectedByCode, samples: judged.samples };
  door.rejects.add(rejects);
  const reports = door.rejects.takeDue(minute);
  const taken: Numbers[] = [];
  const chunks: Uint8Array[] = [];
  for (const { region, shard, events, twins } of judged.groups) {
    const numbers = door.takeNumbers(region.number, shard, events.length);
    taken.push(numbers);
    const header = {
      regionNumber: region.number,
      shard,
      door: door.id,
      doorBirthMs: door.birthMs,
      receivedAtMs,
      firstNumber: numbers.firstNumber,
      producer,
      pseudonymVersion,
      twins,
      voids: numbers.voids,
    };
    chunks.push(...splitIntoChunks(header, events));
  }
  const envelopes = packEnvelopes(chunks, reports);
  try {
    await sendEnvelopes(queue, envelopes);
    return true;
  } catch (error) {
    for (const numbers of taken) door.voidNumbers(numbers);
    door.rejects.withdraw(rejects, reports);
    console.error(
      logLine('error', 'ingest.send_failed', {
        request_id: delivery.requestId,
        receipt: delivery.receipt,
        ...errorFields(error),
      }),
    );
    return false;
  }
}
