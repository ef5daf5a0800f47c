/** The keys of the view of sessions, beside those of every page. */
import { bindKeys } from '../keys/key-list.ts';
import * as say from '../text/analytics.ts';
import { daysChoices, rangeWord } from './question.ts';
import { asked, chooseAnew, tablesShown, undo } from './warehouse.ts';

const group = say.whatIsShown;

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
      meaning: say.compareWithTheDaysBefore,
      group,
      press: () => chooseAnew({ compare: asked.peek().compare === 'off' ? null : 'off' }),
    },
    {
      keys: ['t'],
      meaning: say.tablesKey,
      group,
      press: () => {
        tablesShown.value = !tablesShown.peek();
      },
    },
    {
      keys: ['Escape'],
      meaning: say.escapeKey,
      group,
      press: undo,
    },
  );
}
