/** What a person has set on the view, as opposed to what the server said. */
import { type Signal, signal } from '@preact/signals';

export interface ViewState {
  /** Tables are drawn beside their charts. */
  readonly tablesShown: Signal<boolean>;
  /** The bar of times stands under the head. */
  readonly timeShown: Signal<boolean>;
  /** Time under the pointer, ms. */
  readonly crosshair: Signal<number | null>;
  /** Id of the alert that was asked for, by a click on its span; it is scrolled to and focused. */
  readonly askedAlert: Signal<string | null>;
}

export function createViewState(): ViewState {
  return {
    tablesShown: signal(false),
    timeShown: signal(false),
    crosshair: signal<number | null>(null),
    askedAlert: signal<string | null>(null),
  };
}
