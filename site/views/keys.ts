import { bindKeys, type Key } from '../keys/key-list.ts';
import { bindPageKeys } from '../keys/page-keys.ts';
import { undone } from '../live/asked.ts';
import type { Store } from '../live/store.ts';
import { stepped, zoomedOut } from '../live/time-steps.ts';
import * as say from '../text/live.ts';
import type { ViewState } from './view-state.ts';

/** The keys of the Live view, beside those of every page. */
export function watchKeys(store: Store, view: ViewState): void {
  bindPageKeys();
  bindKeys(
    {
      keys: ['p', ' '],
      meaning: say.pauseAndResume,
      group: say.whatIsShown,
      press: store.pause.toggle,
      when: () => store.wanted.value.endMs === null,
    },
    {
      keys: ['t'],
      meaning: say.tablesKey,
      group: say.whatIsShown,
      press: () => {
        view.tablesShown.value = !view.tablesShown.value;
      },
    },
    ...timeKeys(store, view),
    {
      keys: ['Escape'],
      meaning: say.undoKey,
      group: say.whatIsShown,
      press: () => {
        store.left.value = [];
        store.asked.value = undone(store.asked.value);
      },
    },
  );
}

/** Times are reached without the bar. */
function timeKeys(store: Store, view: ViewState): Key[] {
  const { asked, wanted, nowMs, choose } = store;
  const step = (minutes: number) => () => choose(stepped(asked.value, wanted.value, minutes, nowMs.value));
  const ranges = ['15m', '1h', '6h', '24h', '7d', 'today'];
  const group = say.whatIsShown;
  return [
    { keys: ['ArrowLeft'], meaning: say.aMinuteBack, group, press: step(-1) },
    {
      keys: ['ArrowRight'],
      meaning: say.aMinuteOn,
      group,
      press: step(1),
      when: () => wanted.value.endMs !== null,
    },
    { keys: ['l', '0'], meaning: say.live, group, press: () => choose(liveChange) },
    ...ranges.map((range, i) => ({
      keys: [String(i + 1)],
      meaning: range === 'today' ? say.todaySoFarKey : say.theLast(range.replace('m', say.minutesUnit)),
      group: group as Key['group'],
      press: () => choose({ range }),
    })),
    { keys: ['z'], meaning: say.zoomOut, group, press: () => choose(zoomedOut(wanted.value, nowMs.value)) },
    {
      keys: ['h'],
      meaning: say.showOrHideTheBarOfTimes,
      group,
      press: () => {
        view.timeShown.value = !view.timeShown.value;
      },
    },
  ];
}

const liveChange = { at: null, range: null, from: null, to: null } as const;
