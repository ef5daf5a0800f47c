/** Event types by code. The order is part of the chunk format: append only. */
export const eventTypes = [
  'view',
  'pause',
  'resume',
  'progress',
  'complete',
  'rating',
  'download',
  'error',
] as const;
export type EventType = (typeof eventTypes)[number];

/** Download outcomes by code; 0 stands for none. The order is part of the chunk format: append only. */
export const statuses = ['none', 'success', 'failed', 'slow'] as const;
export type Status = (typeof statuses)[number];

export const PAUSE = 1;
export const COMPLETE = 4;
export const DOWNLOAD = 6;
export const SUCCESS = 1;
export const FAILED = 2;
export const SLOW = 3;
