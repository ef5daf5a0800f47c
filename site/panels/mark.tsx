import type { RegionStatus } from '../live/region-summary.ts';

export type MarkKind = RegionStatus | 'busy' | 'down' | 'paused' | 'warning' | 'info';

/** One shape for each status, so that none rests on colour alone; a word always stands beside it. */
const shapes: Readonly<Record<MarkKind, string>> = {
  // A disc.
  healthy: 'M8 2.5a5.5 5.5 0 1 1 0 11a5.5 5.5 0 1 1 0-11z',
  // A triangle.
  failing: 'M8 1.6 15 14.2H1z',
  // A diamond, hollow.
  silent: 'M8 1 15 8 8 15 1 8zM8 4.4 4.4 8 8 11.6 11.6 8z',
  // A dash.
  idle: 'M2.5 7h11v2h-11z',
  // A ring.
  busy: 'M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12zM8 4.4a3.6 3.6 0 1 0 0 7.2a3.6 3.6 0 1 0 0-7.2z',
  // A square.
  warning: 'M2.5 2.5h11v11h-11z',
  // A ring with a dot.
  info: 'M8 1.5a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0-13zM8 3.5a4.5 4.5 0 1 0 0 9a4.5 4.5 0 1 0 0-9zM8 6a2 2 0 1 1 0 4a2 2 0 1 1 0-4z',
  // Two bars.
  paused: 'M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z',
  // A cross.
  down: 'M3.7 2.2 8 6.5l4.3-4.3 1.5 1.5L9.5 8l4.3 4.3-1.5 1.5L8 9.5l-4.3 4.3-1.5-1.5L6.5 8 2.2 3.7z',
};

/** Shift, Ctrl or Cmd with a press: beside what is chosen already. */
export const isAdding = (event: MouseEvent): boolean => event.shiftKey || event.ctrlKey || event.metaKey;

export function Mark({ kind, size = 12 }: { readonly kind: MarkKind; readonly size?: number }) {
  return (
    <svg class={`mark mark-${kind}`} width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[kind]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
