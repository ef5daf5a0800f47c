import { unreachable } from '../protocol/assert.ts';
import { clientFramesPerSecondMax } from '../protocol/limits.ts';
import { closeCodes, type SubscribeFrame } from '../protocol/live.ts';
import { errorFrame, parseClientFrame } from './client-frame.ts';
import { deliver } from './feed.ts';
import { encodedFrame } from './frames.ts';
import type { Hub, HubEffect, HubLife } from './hub-state.ts';
import { maySee, type Subscription, subscriptionKey, subscriptionOf } from './subscription.ts';
import { noteAck, noteBadFrame, noteFrame, noteResync, type Viewer } from './viewer.ts';

/** Takes a viewer's message; `text` is null for a binary one. What cannot be taken is answered, and borne for a while. */
export function hear(hub: Hub, life: HubLife, id: string, text: string | null, now: number): HubEffect[] {
  const viewer = hub.viewers.get(id);
  // Closed by the hub, and the socket had more on its way.
  if (!viewer) return [];
  if (noteFrame(viewer, now)) {
    const message = `a viewer sends at most ${clientFramesPerSecondMax} frames a second`;
    return refuse(hub, viewer, errorFrame('too_many_frames', message), now);
  }
  const parsed = parseClientFrame(text);
  if (!parsed.ok) return refuse(hub, viewer, parsed.error, now);
  const { frame } = parsed;
  switch (frame.t) {
    case 'ack':
      return noteAck(viewer, frame.seq) ? deliver(hub, life, viewer, now) : [];
    case 'resync':
      return noteResync(viewer) ? deliver(hub, life, viewer, now) : [];
    case 'subscribe':
      return subscribe(hub, life, viewer, frame, now);
    default:
      return unreachable(frame);
  }
}

function subscribe(hub: Hub, life: HubLife, viewer: Viewer, frame: SubscribeFrame, now: number): HubEffect[] {
  const { scope } = viewer.subscription;
  const subscription: Subscription = scope ? { ...subscriptionOf(frame), scope } : subscriptionOf(frame);
  const known = new Set(life.registry.map(({ name }) => name));
  const names = [subscription.regions, subscription.breakdown ?? '*'].flat().filter((name) => name !== '*');
  const hidden = names.find((name) => !maySee(subscription, name));
  // Before the registry is there, names are taken on trust; one that does not exist shows nothing.
  const unknown = hidden ?? (life.readyBy === null ? undefined : names.find((name) => !known.has(name)));
  // A region that the viewer may not see is as one that does not exist.
  if (unknown !== undefined) {
    const message = `there is no region ${JSON.stringify(unknown)}; the subscription stays as it was`;
    return refuse(hub, viewer, errorFrame('unknown_region', message), now);
  }
  const key = subscriptionKey(subscription);
  if (key === viewer.key) return [];
  Object.assign(viewer, { subscription, key, sent: null });
  return [{ type: 'remember', viewer: viewer.id, subscription }, ...deliver(hub, life, viewer, now)];
}

function refuse(hub: Hub, viewer: Viewer, error: ReturnType<typeof errorFrame>, now: number): HubEffect[] {
  if (noteBadFrame(viewer, now)) {
    hub.viewers.delete(viewer.id);
    const reason = 'too many frames that could not be taken';
    return [{ type: 'close', viewer: viewer.id, code: closeCodes.badFrames, reason }];
  }
  return [{ type: 'send', viewer: viewer.id, text: encodedFrame(error).text }];
}
