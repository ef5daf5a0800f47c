/** Asks for what the socket does not tell: once, or again and again; what was asked for the past is kept for a while. */
import { batch, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import type { ServiceAnswer } from '../access/service.ts';
import type { Question } from './frame.ts';
import { type PictureData, pictureState, type ShownState, withTail } from './shown-state.ts';

export interface FeedPorts {
  ask<T>(path: string): Promise<ServiceAnswer<{ readonly data: T }>>;
  /** Runs once after `ms`; the returned function cancels. */
  after(ms: number, run: () => void): () => void;
  /** Nobody looks: nothing is asked again. */
  isAsleep(): boolean;
}

export interface PictureFeed {
  /** The last that came; null before the first. */
  readonly state: ReadonlySignal<ShownState | null>;
  /** The question that it answers, by its search. */
  readonly answered: ReadonlySignal<string | null>;
  /** Why the last question has no answer, for people. */
  readonly failure: ReadonlySignal<string | null>;
}

/** Who scrubs passes by a dozen minutes a second: the one where the hand rests is asked for. */
const restMs = 120;
/** Pictures of the past that are kept: an hour of scrubbing back and forth, some 50 KB each. */
const keptMax = 60;
/** After a failure; from then on as often as it is asked anyway. */
const retryMs = 4_000;

export function createPictureFeed(
  question: ReadonlySignal<Question | null>,
  isHeld: ReadonlySignal<boolean>,
  ports: FeedPorts,
): PictureFeed {
  const state = signal<ShownState | null>(null);
  const answered = signal<string | null>(null);
  const failure = signal<string | null>(null);
  const kept = new Map<string, ShownState>();
  let turn = 0;
  let cancel = (): void => undefined;

  const show = (asked: Question, picture: ShownState): void =>
    batch(() => {
      state.value = picture;
      answered.value = asked.search;
      failure.value = null;
    });

  const ask = async (asked: Question, mine: number, lengthMs: number): Promise<void> => {
    const again = (ms: number): void => {
      cancel = ports.after(ms, () => void ask(asked, mine, lengthMs));
    };
    if (ports.isAsleep() && answered.peek() === asked.search) return again(asked.everyMs ?? retryMs);
    const isTail = asked.tail !== null && answered.peek() === asked.search;
    const [picture, alerts] = await Promise.all([
      ports.ask<PictureData>(`/api/live/picture${isTail ? asked.tail : asked.search}`),
      asked.alerts === null ? null : ports.ask<readonly AlertRow[]>(`/api/stats/alerts${asked.alerts}`),
    ]);
    if (mine !== turn) return;
    if (!picture.ok) {
      failure.value = picture.text;
      return again(Math.max(retryMs, (picture.retryAfterS ?? 0) * 1000));
    }
    // Without its alerts a picture is still a picture.
    const next = pictureState(picture.value.data, alerts?.ok ? alerts.value.data : []);
    const before = state.peek();
    show(asked, isTail && before ? withTail(before, next, lengthMs) : next);
    if (asked.everyMs !== null) return again(asked.everyMs);
    kept.set(asked.search, next);
    const [oldest] = kept.keys();
    if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
  };

  effect(() => {
    const asked = question.value;
    cancel();
    const mine = ++turn;
    if (asked === null || (isHeld.value && asked.everyMs !== null)) return;
    untracked(() => {
      const known = kept.get(asked.search);
      if (known) return show(asked, known);
      const wait = asked.everyMs === null && state.peek() !== null ? restMs : 0;
      cancel = ports.after(wait, () => void ask(asked, mine, 3_600_000));
    });
  });
  return { state, answered, failure };
}
