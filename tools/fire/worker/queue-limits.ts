/** What a send of the platform's queue refuses. */
const messageBytesMax = 128_000;
const batchMessagesMax = 100;
const batchBytesMax = 256_000;

/** Throws as the platform does. */
export function sendChecked(bodies: readonly Uint8Array[]): void {
  const bytes = bodies.reduce((sum, body) => sum + body.byteLength, 0);
  if (bodies.some((body) => body.byteLength > messageBytesMax))
    throw new Error(`Queue send failed: message length exceeds limit of ${messageBytesMax} bytes`);
  if (bodies.length > batchMessagesMax)
    throw new Error(`Queue sendBatch failed: batch has more than ${batchMessagesMax} messages`);
  if (bytes > batchBytesMax)
    throw new Error(`Queue sendBatch failed: batch exceeds limit of ${batchBytesMax} bytes`);
}
