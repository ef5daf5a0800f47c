/** What a person has set on the view, as opposed to what the server said. */
import { type Signal, signal } from '@preact/signals';

export interface ViewState {
  /** Tables are drawn beside their charts. */
  readonly tablesShown: Signal<boolean>;
  readonly keysShown: Signal<boolean>;
  /** Time under the pointer, ms. */
  readonly crosshair: Signal<number | null>;
}

export function createViewState(): ViewState {
  return { tablesShown: signal(false), keysShown: signal(false), crosshair: signal<number | null>(null) };
}
