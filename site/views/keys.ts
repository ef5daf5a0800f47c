import { bindKeys, type Key } from '../keys/key-list.ts';
import { bindPageKeys } from '../keys/page-keys.ts';
import { undone } from '../live/asked.ts';
import type { Store } from '../live/store.ts';
import { stepped, zoomedOut } from '../live/time-steps.ts';
import type { ViewState } from './view-state.ts';

/** The keys of the Live view, beside those of every page. */
export function watchKeys(store: Store, view: ViewState): void {
  bindPageKeys();
  bindKeys(
    {
      keys: ['p', ' '],
      meaning: 'Pause and resume',
      group: 'What is shown',
      press: store.pause.toggle,
      when: () => store.wanted.value.endMs === null,
    },
    {
      keys: ['t'],
      meaning: 'Show or hide the tables beside the charts',
      group: 'What is shown',
      press: () => {
        view.tablesShown.value = !view.tablesShown.value;
      },
    },
    ...timeKeys(store, view),
    {
      keys: ['Escape'],
      meaning: 'Undo what was asked for last; leave a comment',
      group: 'What is shown',
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
  const group = 'What is shown';
  return [
    { keys: ['ArrowLeft'], meaning: 'A minute back', group, press: step(-1) },
    {
      keys: ['ArrowRight'],
      meaning: 'A minute on',
      group,
      press: step(1),
      when: () => wanted.value.endMs !== null,
    },
    { keys: ['l', '0'], meaning: 'Live', group, press: () => choose(liveChange) },
    ...ranges.map((range, i) => ({
      keys: [String(i + 1)],
      meaning: range === 'today' ? 'Today so far' : `The last ${range.replace('m', ' min')}`,
      group: group as Key['group'],
      press: () => choose({ range }),
    })),
    { keys: ['z'], meaning: 'Zoom out', group, press: () => choose(zoomedOut(wanted.value, nowMs.value)) },
    {
      keys: ['h'],
      meaning: 'Show or hide the bar of times',
      group,
      press: () => {
        view.timeShown.value = !view.timeShown.value;
      },
    },
  ];
}

const liveChange = { at: null, range: null, from: null, to: null } as const;
