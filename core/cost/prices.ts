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

export const queueOperationsPerMessage = 3;
/** An object is billed for 128 MB while it is awake. */
export const objectGb = 0.128;
