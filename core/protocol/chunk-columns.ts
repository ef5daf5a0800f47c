/** The columns of a chunk by name. Their order is part of the format. */
export const wideColumns = ['identity', 'user', 'session'] as const;
export const textColumns = [
  'contentId',
  'contentType',
  'title',
  'country',
  'deviceType',
  'quality',
  'subscriptionType',
  'errorCode',
  'ext',
] as const;
export const nullableColumns = [
  'durationMs',
  'completionMilli',
  'ratingMilli',
  'bufferingCount',
  'speedKbps',
  'bytes',
] as const;

export type TextColumnName = (typeof textColumns)[number];
export type NullableColumnName = (typeof nullableColumns)[number];
