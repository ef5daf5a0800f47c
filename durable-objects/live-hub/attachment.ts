import { type LiveCaller, liveCallerFrom } from '../../core/live/live-caller.ts';
import { type Subscription, wholeSubscription } from '../../core/live/subscription.ts';

/** What a socket carries through hibernation. */
export interface Attachment {
  readonly viewer: string;
  readonly caller: LiveCaller;
  /** When the door or D1 last said that its session stands, ms. */
  readonly checkedAtMs: number;
  readonly subscription: Subscription;
}

export function attach(socket: WebSocket, attachment: Attachment): void {
  socket.serializeAttachment(attachment);
}

/** null where the socket bears nothing that this version can read. */
export function readAttachment(value: unknown): Attachment | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const viewer = fields.get('viewer');
  const caller = liveCallerFrom(fields.get('caller'));
  if (typeof viewer !== 'string' || !caller) return null;
  const subscription = readSubscription(fields.get('subscription')) ?? wholeSubscription;
  const checkedAtMs = Number(fields.get('checkedAtMs') ?? 0);
  return { viewer, caller, checkedAtMs, subscription: { ...subscription, scope: caller.scope } };
}

function readSubscription(value: unknown): Subscription | null {
  if (typeof value !== 'object' || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const contents = fields.get('contents');
  const regions = fields.get('regions');
  if (typeof contents !== 'boolean') return null;
  // An earlier version knew of no breakdown.
  const named = fields.get('breakdown') ?? null;
  const breakdown = typeof named === 'string' ? named : null;
  if (regions === '*') return { regions, contents, breakdown };
  const isNames = Array.isArray(regions) && regions.every((name) => typeof name === 'string');
  return isNames ? { regions, contents, breakdown } : null;
}
