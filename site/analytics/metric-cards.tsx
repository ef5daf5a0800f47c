/** The four figures of the range: how much, beside the days before, and how it went day by day. */
import { Sparkline } from '../chart/sparkline.tsx';
import { changeFigure } from '../format/change.ts';
import { countFigure, countText, type Figure } from '../format/number.ts';
import { Quantity } from '../panels/quantity.tsx';
import * as say from '../text/analytics-warehouse.ts';
import { amountFigure, completionFigure } from './figures.ts';
import { Panel } from './panel.tsx';
import { daysOf } from './question.ts';
import { asked, daily, metrics, nowMs } from './warehouse.ts';
import type { DailyRow, MetricName, Metrics } from './warehouse-rows.ts';

interface Card {
  readonly name: MetricName;
  readonly title: string;
  readonly figure: (now: Metrics) => Figure;
  readonly remark?: (now: Metrics) => string;
  readonly line: (day: DailyRow) => number | null;
}

const cards: readonly Card[] = [
  {
    name: 'active_users',
    title: say.activeUsers,
    figure: (now) => countFigure(now.active_users),
    remark: (now) => say.ofKnown(countText(now.total_users)),
    line: (day) => day.unique_users,
  },
  {
    name: 'total_views',
    title: say.views,
    figure: (now) => countFigure(now.total_views),
    line: (day) => day.views,
  },
  {
    name: 'total_watch_time_hours',
    title: say.hoursWatched,
    figure: (now) => amountFigure(now.total_watch_time_hours),
    line: (day) => day.watch_hours,
  },
  {
    name: 'avg_completion_rate',
    title: say.meanCompletion,
    figure: (now) => completionFigure(now.avg_completion_rate),
    line: (day) => day.avg_completion_rate,
  },
];

export function MetricCards() {
  const { count } = daysOf(asked.value, nowMs.value);
  const before = count === 1 ? say.theDayBefore : say.daysBefore(count);
  return (
    <Panel
      id="metrics"
      title={say.atAGlance}
      remark={asked.value.compare === 'off' ? '' : say.changeAgainst(before)}
      answer={metrics}
      bones={2}
      none=""
    >
      {(now) => (
        <div class="cards">
          {cards.map(({ name, title, figure, remark, line }) => (
            <section class="card" key={name} aria-label={title}>
              <h3>{title}</h3>
              <p class="card-figure">
                <Quantity figure={figure(now)} />
                <span class="card-remark quiet">{remark?.(now)}</span>
              </p>
              <Change change={now.change?.[name]} />
              {count > 1 && <Sparkline values={daily.value.value?.data.map(line) ?? []} />}
            </section>
          ))}
        </div>
      )}
    </Panel>
  );
}

/** By sign, arrow and word; without colour, since no direction is an alert. */
function Change({ change }: { readonly change: number | null | undefined }) {
  if (change === undefined) return null;
  return (
    <p class={`change quiet ${change ? (change < 0 ? 'down' : 'up') : ''}`}>
      <Quantity figure={changeFigure(change)} />
    </p>
  );
}
