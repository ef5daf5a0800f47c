/** The busiest users of a day, under pseudonyms. It tells what single people did: analysts and admins may ask. */

import { currentIdentity } from '../access/session.ts';
import { utcDayText } from '../format/date.ts';
import { countFigure, noFigure } from '../format/number.ts';
import * as say from '../text/analytics-batch.ts';
import { choose, times, users, view } from './answers.ts';
import { meanText } from './bars.ts';
import { Panel } from './panel.tsx';
import { Cell } from './title-lists.tsx';
import { userDay, userDays } from './view.ts';

export function UsersPanel() {
  if (currentIdentity.value?.role === 'viewer') {
    return (
      <section class="panel users-panel" aria-labelledby="users-title">
        <header class="panel-head">
          <h2 id="users-title">{say.busiestUsers}</h2>
        </header>
        <p class="none quiet">{say.needsAnalyst}</p>
      </section>
    );
  }
  const day = userDay(times.value, view.value.day, Date.now());
  return (
    <Panel
      id="users"
      title={say.busiestUsers}
      remark={say.ofEachRegionUnderPseudonyms}
      answer={users}
      isList
      bones={10}
      before={<DayChoice day={day} />}
      none={<p>{say.noUsersYet(utcDayText(Date.parse(day)))}</p>}
    >
      {(rows) => (
        <table class="data">
          <caption class="unseen">{say.usersOf(day)}</caption>
          <thead>
            <tr>
              <th scope="col">{say.user}</th>
              <th scope="col" class="text wide">
                {say.region}
              </th>
              <th scope="col">{say.events}</th>
              <th scope="col">{say.titles}</th>
              <th scope="col" class="wide">
                {say.meanDuration}
                <span class="unit">{say.min}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.user} ${row.region}`}>
                <th scope="row">
                  <code>{row.user}</code>
                </th>
                <td class="text wide quiet">{row.region}</td>
                <Cell figure={countFigure(row.total_events)} />
                <Cell figure={countFigure(row.movies_watched)} />
                <Cell class="wide" figure={minutesFigure(row.avg_duration_seconds)} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

function minutesFigure(seconds: number | null) {
  if (seconds === null) return noFigure(say.noDurationTold);
  const text = meanText(seconds / 60);
  return { text, unit: '', exact: say.minutesLong(text) };
}

function DayChoice({ day }: { readonly day: string }) {
  const days = userDays(times.value);
  if (days.length === 1) return null;
  return (
    <p class="day-choice">
      {days.toReversed().map((one) => (
        <button
          type="button"
          class="button"
          key={one}
          aria-pressed={one === day}
          onClick={() => choose({ day: one })}
        >
          {utcDayText(Date.parse(one))}
        </button>
      ))}
    </p>
  );
}
