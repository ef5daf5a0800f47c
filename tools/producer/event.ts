import type { EventType, Status } from '../../core/protocol/event-type.ts';

/** An event as the producer sends it; the field names are those of the ingest contract. */
export interface ProducedEvent {
  readonly event_id: string;
  readonly event_type: EventType;
  /** Epoch ms. */
  readonly timestamp: number;
  readonly region: string;
  readonly content_id: string;
  readonly title: string;
  readonly content_type: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly country: string;
  readonly device_type: string;
  readonly subscription_type: string;
  readonly quality?: string;
  /** Seconds watched since the session's previous report. */
  readonly duration?: number;
  /** Position in the title, 0 to 1. */
  readonly completion_rate?: number;
  /** 1 to 10. */
  readonly rating?: number;
  readonly buffering_count?: number;
  readonly status?: Exclude<Status, 'none'>;
  readonly speed_mbps?: number;
  readonly bytes?: number;
  readonly error_code?: string;
  readonly ext?: { readonly genre: string };
}
