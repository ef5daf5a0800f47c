/** What one sendBatch takes: 100 messages, and 256,000 B with some 100 B of metadata a message. */
const groupMessagesMax = 100;
const groupBytesMax = 256_000;
const metadataBytes = 100;

/** Puts all envelopes into the queue, in order; throws at the first group that it does not take. */
export async function sendEnvelopes(
  queue: Queue<Uint8Array>,
  envelopes: readonly Uint8Array[],
): Promise<void> {
  for (const group of groupEnvelopes(envelopes)) {
    await queue.sendBatch(group.map((body) => ({ body, contentType: 'bytes' as const })));
  }
}

/** As few groups as keep to both limits in this order. */
export function groupEnvelopes(envelopes: readonly Uint8Array[]): Uint8Array[][] {
  const groups: Uint8Array[][] = [];
  let group: Uint8Array[] = [];
  let bytes = 0;
  for (const envelope of envelopes) {
    const size = envelope.length + metadataBytes;
    if (group.length === groupMessagesMax || (group.length > 0 && bytes + size > groupBytesMax)) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(envelope);
    bytes += size;
  }
  if (group.length > 0) groups.push(group);
  return groups;
}
