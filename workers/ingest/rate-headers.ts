/** What a key's holder is told about its limits: the fields of the IETF draft on RateLimit headers. */
import { burstOf, type KeyLimits, type Left } from '../../core/access/rate-limit.ts';
import { rateBurstSeconds } from '../../core/protocol/limits.ts';

const daySeconds = 86_400;

/** `left` is null where the meter has told nothing yet; then only the policy is known. */
export function rateHeaders(limits: KeyLimits, left: Left | null, nowMs: number): Record<string, string> {
  const burst = burstOf(limits);
  const policy = [
    `"events";q=${burst.events};w=${rateBurstSeconds};qu="events"`,
    `"bytes";q=${burst.bytes};w=${rateBurstSeconds};qu="content-bytes"`,
    ...(limits.eventsPerDay === null ? [] : [`"day";q=${limits.eventsPerDay};w=${daySeconds};qu="events"`]),
  ];
  const headers = { 'ratelimit-policy': policy.join(', ') };
  if (!left) return headers;
  const full = (missing: number, perSecond: number) => Math.max(0, Math.ceil(missing / perSecond));
  const states = [
    `"events";r=${left.events};t=${full(burst.events - left.events, limits.eventsPerSecond)}`,
    `"bytes";r=${left.bytes};t=${full(burst.bytes - left.bytes, limits.bytesPerSecond)}`,
    ...(left.day === null
      ? []
      : [`"day";r=${left.day};t=${daySeconds - (Math.floor(nowMs / 1000) % daySeconds)}`]),
  ];
  return { ...headers, ratelimit: states.join(', ') };
}
