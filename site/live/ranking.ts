/** Movement in the ranking of titles. */
import type { LiveRankedContent } from '../../core/protocol/live.ts';
import * as say from '../text/live.ts';

export interface Movement {
  readonly kind: 'up' | 'down' | 'same' | 'new';
  /** Places; 0 where it did not move. */
  readonly places: number;
  /** In full: "up 3 places, from 7". */
  readonly text: string;
}

export function movement({ rank, rank_before: before }: LiveRankedContent): Movement {
  if (before === null) return { kind: 'new', places: 0, text: say.isNew };
  const places = Math.abs(before - rank);
  if (places === 0) return { kind: 'same', places, text: say.unchanged };
  const kind = rank < before ? 'up' : 'down';
  return { kind, places, text: (kind === 'up' ? say.upFrom : say.downFrom)(places, before) };
}
