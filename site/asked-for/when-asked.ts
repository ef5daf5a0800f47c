import type { parts } from './parts.ts';

/** Runs once the parts of the page that are rarely asked for have come. */
export function whenAsked(run: (of: typeof parts) => void): void {
  void import('./parts.ts').then((loaded) => run(loaded.parts));
}
