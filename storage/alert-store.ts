import type { Acknowledgement, AlertRecord } from '../core/alert/alert-record.ts';

/** An alert as D1 has it. */
export interface StoredAlert {
  readonly record: AlertRecord;
  readonly acknowledgement: Acknowledgement | null;
}
