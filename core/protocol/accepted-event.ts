import type { EpochMs } from './ids.ts';

/**
 * An event as the door accepted it: judged, quantised into integers (ING-7) and pseudonymous. This is what chunks
 * carry; region, shard, producer and time of receipt stand in the chunk's header.
 * Halves of 64-bit values are unsigned 32-bit integers; 0/0 stands for "none" in user and session.
 */
export interface AcceptedEvent {
  readonly identityHi: number;
  readonly identityLo: number;
  readonly timeMs: EpochMs;
  /** Index into eventTypes. */
  readonly type: number;
  /** Index into statuses. */
  readonly status: number;
  readonly userHi: number;
  readonly userLo: number;
  readonly sessionHi: number;
  readonly sessionLo: number;
  readonly contentId: string | null;
  readonly contentType: string | null;
  readonly title: string | null;
  readonly country: string | null;
  readonly deviceType: string | null;
  readonly quality: string | null;
  readonly subscriptionType: string | null;
  readonly errorCode: string | null;
  /** JSON text of the open `ext` object. */
  readonly ext: string | null;
  readonly durationMs: number | null;
  /** completion_rate in thousandths, 0 to 1000. */
  readonly completionMilli: number | null;
  /** rating in thousandths, 1000 to 10000. */
  readonly ratingMilli: number | null;
  readonly bufferingCount: number | null;
  readonly speedKbps: number | null;
  readonly bytes: number | null;
}
