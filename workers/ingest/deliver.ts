/** From judged records to messages in the queue. */
import { splitIntoChunks } from '../../core/protocol/chunk.ts';
import { packEnvelopes } from '../../core/protocol/envelope.ts';
import type { JudgedRequest } from '../../core/protocol/judge-request.ts';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import type { Door, Numbers } from './door.ts';
import type { Parcel, Shipment } from './joined-sends.ts';
import type { RequestRejects } from './reject-totals.ts';
import { sendEnvelopes } from './send-envelopes.ts';

export interface Delivery {
  readonly receipt: string;
  /** Of the HTTP request; for the log. */
  readonly requestId: string | undefined;
  readonly producer: string;
  readonly pseudonymVersion: number;
}

/** What a request puts into the queue, numbered. */
export interface RequestParcel extends Parcel {
  readonly delivery: Delivery;
  readonly chunks: readonly Uint8Array[];
  readonly numbers: readonly Numbers[];
  readonly rejects: RequestRejects;
}

/** Of a message's length prefixes, and of a request without a chunk. */
const chunkFrameBytes = 4;
const parcelBytesMin = 64;

/** Numbers the accepted events and packs them. From here on they are sent, or void. */
export function packParcel(judged: JudgedRequest, door: Door, delivery: Delivery): RequestParcel {
  const { receivedAtMs } = judged;
  const { producer, pseudonymVersion } = delivery;
  const minute = Math.floor(receivedAtMs / 60_000);
  const rejects = { producer, minute, rejectedByCode: judged.rejectedByCode, samples: judged.samples };
  door.rejects.add(rejects);
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
  const bytes = chunks.reduce((sum, { length }) => sum + length + chunkFrameBytes, parcelBytesMin);
  return { delivery, chunks, numbers: taken, rejects, bytes };
}

/**
 * Puts parcels into the queue, in as few messages as they fit. If any message fails, all numbers become void and all
 * rejects are taken out of the totals: each request will come again whole (ING-1).
 */
export function shipParcels(
  parcels: readonly RequestParcel[],
  door: Door,
  queue: Queue<Uint8Array>,
): Shipment {
  const minute = Math.max(...parcels.map(({ rejects }) => rejects.minute));
  const reports = door.rejects.takeDue(minute);
  const send = async () => {
    const chunks = parcels.flatMap((parcel) => parcel.chunks);
    await sendEnvelopes(queue, packEnvelopes(chunks, reports));
  };
  return {
    sent: send(),
    takeBack: (error) => {
      for (const { delivery, numbers, rejects } of parcels) {
        for (const taken of numbers) door.voidNumbers(taken);
        door.rejects.withdraw(rejects, reports);
        const { requestId: request_id, receipt } = delivery;
        console.error(logLine('error', 'ingest.send_failed', { request_id, receipt, ...errorFields(error) }));
      }
    },
  };
}
