import { useSignal, useSignalEffect } from '@preact/signals';
import type { ComponentType } from 'preact';
import { whenAsked } from '../asked-for/when-asked.ts';
import type { Store } from '../live/store.ts';
import type { ViewState } from '../views/view-state.ts';

interface TimePlaceProps {
  readonly store: Store;
  readonly view: ViewState;
}

/** Where the bar of times stands: once it is asked for, or where the address asks for a time. */
export function TimePlace({ store, view }: TimePlaceProps) {
  const bar = useSignal<ComponentType<{ readonly store: Store }> | null>(null);
  const isWanted = (): boolean => {
    const { at, range, from, compare } = store.asked.value;
    return view.timeShown.value || [at, range, from, compare].some((text) => text !== undefined);
  };
  useSignalEffect(() => {
    if (isWanted() && !bar.peek())
      whenAsked(({ TimeBar }) => {
        bar.value = TimeBar;
      });
  });
  const Bar = bar.value;
  return Bar && isWanted() ? <Bar store={store} /> : null;
}
