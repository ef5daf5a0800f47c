// The events of a counted run: so many who watch all the time, an event of each at a time. Fixed, so that counts are
// the same each time.
import { eventsPerSitting } from '../../core/cost/assumed-work.ts';
import { trafficRegions } from '../producer/regions.ts';

const titles = 100;

/** Number `step` of each of `watchers`: those of one step make one POST, in which all regions are mixed. */
export function eventsOfStep(step: number, watchers: number, atMs: number): object[] {
  return Array.from({ length: watchers }, (_, watcher) =>
    eventOf(watcher, step, atMs - (watcher % 50) * 100),
  );
}

function eventOf(watcher: number, step: number, timeMs: number): object {
  // They do not begin all at once.
  const at = step + ((watcher * 7) % eventsPerSitting);
  const sitting = Math.floor(at / eventsPerSitting);
  const nth = at % eventsPerSitting;
  const region = trafficRegions[watcher % trafficRegions.length]?.name;
  return {
    event_id: `cost-${watcher}-${step}`,
    event_type: nth === 0 ? 'view' : nth === eventsPerSitting - 1 ? 'complete' : 'progress',
    timestamp: new Date(timeMs).toISOString(),
    region,
    content_id: `film-${(watcher * 13 + sitting * 29) % titles}`,
    session_id: `session-${watcher}-${sitting}`,
    user_id: `user-${(watcher + sitting * 17) % 4000}`,
    device_type: ['tv', 'phone', 'web', 'tablet'][watcher % 4],
    quality: '1080p',
    country: ['DE', 'GB', 'US', 'JP'][watcher % 4],
    subscription_type: ['free', 'premium'][watcher % 2],
    duration: nth === 0 ? 0 : 60,
    completion_rate: nth / (eventsPerSitting - 1),
    buffering_count: nth % 10 === 0 ? 1 : 0,
  };
}

/** That so many steps have begun. */
export function sittingsOf(steps: number, watchers: number): number {
  let sittings = 0;
  for (let watcher = 0; watcher < watchers; watcher++) {
    const first = (watcher * 7) % eventsPerSitting;
    sittings += Math.floor((first + steps - 1) / eventsPerSitting) - Math.floor(first / eventsPerSitting) + 1;
  }
  return sittings;
}
