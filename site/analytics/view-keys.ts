/** The keys of the view of sessions, beside those of every page. */
import { bindKeys } from '../keys/key-list.ts';
import { daysChoices, rangeWord } from './question.ts';
import { asked, chooseAnew, tablesShown, undo } from './warehouse.ts';

const group = 'What is shown';

export function bindViewKeys(): void {
  bindKeys(
    ...daysChoices.map(
      (days, i) =>
        ({
          keys: [String(i + 1)],
          meaning: rangeWord({ days }) ?? days,
          group,
          press: () => chooseAnew({ days, from: null, to: null }),
        }) as const,
    ),
    {
      keys: ['c'],
      meaning: 'Compare with the days before',
      group,
      press: () => chooseAnew({ compare: asked.peek().compare === 'off' ? null : 'off' }),
    },
    {
      keys: ['t'],
      meaning: 'Show or hide the tables beside the charts',
      group,
      press: () => {
        tablesShown.value = !tablesShown.peek();
      },
    },
    {
      keys: ['Escape'],
      meaning: 'Leave what is looked at alone, or undo the last filter',
      group,
      press: undo,
    },
  );
}
