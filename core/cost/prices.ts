/**
 * What Cloudflare asks on its paid plan, beyond what the plan includes, in US dollars: as its documentation had it in
 * November 2026. Prices change: check them before a figure is quoted.
 */
export const pricesOf = 'Cloudflare, paid plan, November 2026';

export const prices = {
  /** A request to the Worker, or a batch of the queue that it takes. */
  workerRequest: 0.3e-6,
  workerCpuMs: 0.02e-6,
  /** For each 64,000 bytes of a message: one to write, one to read, one to delete it. */
  queueOperation: 0.4e-6,
  /** A call of an object, or its alarm. */
  objectRequest: 0.15e-6,
  objectGbSecond: 12.5e-6,
  /** D1 and the SQLite of objects alike; each index entry, delete and alarm set is a row. */
  rowWritten: 1e-6,
  rowRead: 0.001e-6,
  r2Write: 4.5e-6,
  r2Read: 0.36e-6,
  r2GbMonth: 0.015,
} as const;

/** What a month of the plan costs whatever is used, and how much of each it includes. */
export const planUsdPerMonth = 5;
export const includedPerMonth: Readonly<Partial<Record<keyof typeof prices, number>>> = {
  workerRequest: 10e6,
  workerCpuMs: 30e6,
  queueOperation: 1e6,
  objectRequest: 1e6,
  objectGbSecond: 400_000,
  rowRead: 25e9,
  r2Write: 1e6,
  r2Read: 10e6,
  r2GbMonth: 10,
};
/** Of `rowWritten`, of D1 and of objects each. */
export const rowsWrittenIncludedPerMonth = 50e6;
/** Messages that come in over a WebSocket and make one request of an object. */
export const socketMessagesPerRequest = 20;

export const queueOperationsPerMessage = 3;
/** A message is billed by such pieces. */
export const queueUnitBytes = 64_000;
/** An object is billed for 128 MB while it is awake. */
export const objectGb = 0.128;
