/** What the connection said, as it came: never held back, whatever the page shows of it. */
import { batch, computed, type ReadonlySignal, signal } from '@preact/signals';
import type { LiveState } from '../../core/live/live-state.ts';
import type { ConnectionEvents, Link } from './connection.ts';
import { type Moment, moment, noTiming, type Timing, withFrame } from './timing.ts';

export interface Heard {
  /** Where the connection reports to. */
  readonly events: ConnectionEvents;
  readonly live: ReadonlySignal<LiveState | null>;
  readonly link: ReadonlySignal<Link>;
  /** Monotonic local time, ms; moves with frames and with `tick`. */
  readonly now: ReadonlySignal<number>;
  readonly moment: ReadonlySignal<Moment>;
  tick(): void;
}

export function createHeard(clock: () => number): Heard {
  const live = signal<LiveState | null>(null);
  const link = signal<Link>({ kind: 'connecting' });
  const now = signal(clock());
  const timing = signal<Timing>(noTiming);
  const setTiming = (change: Partial<Timing>) => {
    timing.value = { ...timing.value, ...change };
  };
  const events: ConnectionEvents = {
    link: (next) =>
      batch(() => {
        const isUp = next.kind === 'live';
        if (isUp && link.value.kind !== 'live') setTiming({ offset: Number.POSITIVE_INFINITY, pingedAt: 0 });
        if (!isUp && timing.value.lostAt === null) setTiming({ lostAt: clock() });
        // What was heard was for the one who was signed in.
        if (next.kind === 'signed-out') {
          live.value = null;
          timing.value = noTiming;
        }
        link.value = next;
        now.value = clock();
      }),
    state: (state) =>
      batch(() => {
        now.value = clock();
        timing.value = withFrame(timing.value, state.at, now.value);
        live.value = state;
      }),
    heard: () => setTiming({ heardAt: clock() }),
    pinged: () => setTiming({ pingedAt: clock() }),
  };
  return {
    events,
    live,
    link,
    now,
    moment: computed(() => moment(timing.value, now.value)),
    tick: () => {
      now.value = clock();
    },
  };
}
