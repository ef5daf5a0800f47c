/** Days of the warehouse as a plot. */

import { countScale } from '../chart/axis-scale.ts';
import type { PlotSeries, PlotSpec } from '../chart/plot-spec.ts';
import { utcDayText } from '../format/date.ts';
import * as say from '../text/analytics-warehouse.ts';
import { meanText } from './bars.ts';
import { dayMs } from './question.ts';
import type { DailyRow } from './warehouse-rows.ts';

export interface DailySeries extends PlotSeries {
  readonly rows: readonly DailyRow[];
}

/** Days as UTC midnights, whatever zone they are of. A place before the first lets that one be pointed at. */
export function dailySeries(rows: readonly DailyRow[], today: string): DailySeries {
  const days = rows.map(({ date }) => Date.parse(date));
  const [first = 0] = days;
  return {
    rows,
    times: [first - dayMs, ...days],
    asOf: days.at(-1) ?? first,
    span: { slotMs: dayMs, lengthMs: Math.max(1, rows.length - 1) * dayMs },
    closedCount: rows.length + Number(rows.at(-1)?.date !== today),
  };
}

export const dailySpec = (hasPrevious: boolean): PlotSpec<DailySeries> => ({
  height: globalThis.innerWidth < 700 ? 200 : 340,
  hasTimeAxis: true,
  emptyText: say.noViewsInTheseDays,
  lines: [
    {
      label: say.views,
      color: '--line-1',
      hasArea: true,
      values: ({ rows }) => [null, ...rows.map(({ views }) => views)],
    },
    ...(hasPrevious
      ? [
          {
            label: say.before,
            color: '--idle',
            hasArea: false,
            values: ({ rows }: DailySeries) => [null, ...rows.map((row) => row.previous_views)],
          },
        ]
      : []),
  ],
  scale: (values) => countScale(Math.max(0, ...values)),
  axisText: meanText,
  timeText: utcDayText,
  timeSplits: (min, max, step) => {
    const every = Math.max(1, Math.round(step / dayMs)) * dayMs;
    // The plot ends within a pixel of the last day.
    const last = Math.round(max / dayMs) * dayMs;
    return Array.from(
      { length: Math.floor((last - min) / every) + 1 },
      (_, i) => last - i * every,
    ).toReversed();
  },
});
