/** The columns of a part: the schema of the lake as SQL sees it (docs/lake.md), and which field of LakeRows each holds. */
import type { ChunkColumns } from '../protocol/chunk.ts';
import { partFormatVersion } from '../protocol/version.ts';
import type { LakeRows } from './lake-rows.ts';

/** The columns of LakeRows, by their names in code. */
export type LakeField = keyof ChunkColumns | Exclude<keyof LakeRows, 'count' | 'columns'>;

/**
 * time: TIMESTAMP of ms in UTC. text: UTF-8. type, status: the word that stands for the code. wide: the 64 bits of a
 * hash as a signed BIGINT. int32 and int64: integers.
 */
export type ColumnKind = 'time' | 'text' | 'type' | 'status' | 'wide' | 'int32' | 'int64';

export interface PartColumn {
  /** As SQL users write it, with its unit. */
  readonly name: string;
  readonly field: LakeField;
  readonly kind: ColumnKind;
  /** An empty one is NULL. */
  readonly nullable: boolean;
  /** The first version of the format that has it. A reader gives older parts NULL. */
  readonly since: number;
}

function column(name: string, field: LakeField, kind: ColumnKind, nullable: boolean): PartColumn {
  return { name, field, kind, nullable, since: 1 };
}

/** In their order in a part: what the window fold needs lies together, so that it is one read a row group. */
export const partColumns: readonly PartColumn[] = [
  column('log_row', 'logRow', 'int64', false),
  column('log_index', 'index', 'int32', false),
  column('event_time', 'timeMs', 'time', false),
  column('event_type', 'type', 'type', false),
  column('status', 'status', 'status', true),
  column('event_identity', 'identity', 'wide', false),
  column('user_id', 'user', 'wide', true),
  column('session_id', 'session', 'wide', true),
  column('content_id', 'contentId', 'text', true),
  column('content_type', 'contentType', 'text', true),
  column('title', 'title', 'text', true),
  column('country', 'country', 'text', true),
  column('device_type', 'deviceType', 'text', true),
  column('quality', 'quality', 'text', true),
  column('duration_ms', 'durationMs', 'int32', true),
  column('completion_milli', 'completionMilli', 'int32', true),
  column('rating_milli', 'ratingMilli', 'int32', true),
  column('buffering_count', 'bufferingCount', 'int32', true),
  column('speed_kbps', 'speedKbps', 'int32', true),
  column('bytes', 'bytes', 'int64', true),
  column('subscription_type', 'subscriptionType', 'text', true),
  column('error_code', 'errorCode', 'text', true),
  column('ext', 'ext', 'text', true),
  column('received_at', 'receivedAtMs', 'time', false),
  column('door', 'door', 'text', false),
  column('door_number', 'doorNumber', 'int64', false),
  column('producer', 'producer', 'text', false),
  column('pseudonym_version', 'pseudonymVersion', 'int32', false),
];

/** What a writer makes of events, and a reader can read. */
export interface PartFormat {
  readonly version: number;
  readonly columns: readonly PartColumn[];
}

export const partFormat: PartFormat = { version: partFormatVersion, columns: partColumns };

/** Says the verdict on the part's events in each of them, for SQL; code has it from the part's name. */
export const verdictColumn = 'verdict';

/** Always read: they restore the order of the log. */
export const orderFields: readonly LakeField[] = ['logRow', 'index'];
