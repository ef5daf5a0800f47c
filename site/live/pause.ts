/** A picture that stands still while frames keep coming: it is kept aside, and resuming jumps to now. */
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { LiveState } from '../../core/live/live-state.ts';
import { firingCount } from './alert-feed.ts';
import type { Heard } from './heard.ts';

export interface Picture {
  readonly live: LiveState;
  /** Server time that it stands for, ms. */
  readonly asOf: number;
}

export interface Pause {
  /** The picture that is held; null while the page follows. */
  readonly picture: ReadonlySignal<Picture | null>;
  /** How far the picture is behind what has been heard since, ms. */
  readonly behindMs: ReadonlySignal<number>;
  /** Alerts that began to fire since: nobody shall miss one by looking closely at something else. */
  readonly missedAlerts: ReadonlySignal<number>;
  /** Does nothing before the first frame: there is no picture yet. */
  readonly toggle: () => void;
}

export function createPause(heard: Heard): Pause {
  const picture = signal<Picture | null>(null);
  // What is taken from the page at a sign-out is taken from what it kept aside too.
  effect(() => {
    if (heard.live.value === null) picture.value = null;
  });
  return {
    picture,
    behindMs: computed(() => (picture.value ? Math.max(0, heard.moment.value.asOf - picture.value.asOf) : 0)),
    missedAlerts: computed(() => {
      const [held, heardNow] = [picture.value?.live.alerts, heard.live.value?.alerts];
      if (!held || !heardNow) return 0;
      return firingCount(new Map([...heardNow].filter(([id]) => held.get(id)?.state !== 'firing')));
    }),
    toggle: () => {
      const live = heard.live.peek();
      picture.value = picture.peek() || !live ? null : { live, asOf: heard.moment.peek().asOf };
    },
  };
}
