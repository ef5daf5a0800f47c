// How far a back-fill has come, and how long it will still take.

const width = 20;
/** Before this share of a run is done, its speed says little. */
const guessedFrom = 0.001;

export interface DayBar {
  /** Where this run began, by the day's time. */
  readonly beganMs: number;
  readonly endMs: number;
}

/** `atMs`: all before is answered. `elapsedMs`: since this run began. */
export function dayBar({ beganMs, endMs }: DayBar, dayMs: number, atMs: number, elapsedMs: number): string {
  const at = Math.min(Math.max(atMs, beganMs), endMs);
  const share = (at - dayMs) / (endMs - dayMs);
  const full = Math.floor(share * width);
  const done = (at - beganMs) / Math.max(1, endMs - beganMs);
  const leftMs = (elapsedMs * (1 - done)) / done;
  return [
    `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${(share * 100).toFixed(1)} %`,
    `at ${new Date(at).toISOString().slice(11, 19)}`,
    done < guessedFrom ? 'beginning' : `${durationText(leftMs)} left`,
  ].join(' · ');
}

/** As in `1 h 02 min`, `3 min 05 s`, `12 s`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [h, min, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  if (h > 0) return `${h} h ${two(min)} min`;
  return min > 0 ? `${min} min ${two(s)} s` : `${s} s`;
}
