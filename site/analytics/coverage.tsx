/** What the figures are: whose, of how many hours, from when; what is missing in them; and where the rest is. */

import { signal, useSignalEffect } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import { Ago } from '../admin/moment.tsx';
import { utcDayText } from '../format/date.ts';
import { countFigure } from '../format/number.ts';
import { Mark } from '../panels/mark.tsx';
import * as say from '../text/analytics-batch.ts';
import { reached, times, view } from './answers.ts';
import { hourText } from './bars.ts';
import {
  beginRuns,
  begun,
  computableEnd,
  findMissing,
  type MissingStep,
  missing,
  missingFailure,
} from './missing.ts';
import { dayMs } from './view.ts';

const isOpen = signal(false);

export function Coverage() {
  const meta = reached();
  if (meta === null) return <p class="coverage quiet">{say.askingHowFarTheBatchLayerIs}</p>;
  const { computed, of } = meta.hours;
  const left = of - computed;
  const isNow = times.value.to > Date.now();
  return (
    <div class="coverage">
      <p class="coverage-line">
        <Mark kind={of === 0 ? 'idle' : left === 0 ? 'healthy' : 'busy'} />
        <span>
          {of === 0 ? (
            say.batchKnowsNone
          ) : (
            <>
              {say.computedByBatch}{' '}
              <b>{say.hoursOf(countFigure(computed).exact, of, countFigure(of).exact)}</b>{' '}
              <span class="quiet">
                {say.ofRegions}
                {left === 0 && say.allThereIs}
                {meta.computed_at !== null && say.lastHour}
                {meta.computed_at !== null && <Ago at={meta.computed_at} never="" />}
              </span>
            </>
          )}
          {isNow && (
            <span class="quiet">
              {say.openHours} <a href="/">{say.liveView}</a>
            </span>
          )}
          <span class="quiet">.</span>
        </span>
      </p>
      {left > 0 && <Missing left={left} />}
    </div>
  );
}

function Missing({ left }: { readonly left: number }) {
  useSignalEffect(() => {
    const { hours } = reached() ?? {};
    if (isOpen.value && hours) void findMissing(times.value, view.value.region);
  });
  return (
    <details
      class="missing"
      onToggle={({ currentTarget }) => {
        isOpen.value = currentTarget.open;
      }}
    >
      <summary>{say.missingBelow(left)}</summary>
      <MissingTable />
    </details>
  );
}

function MissingTable() {
  const steps = missing.value;
  const failure = missingFailure.value;
  if (failure !== null) return <p class="fault">{say.notFoundOut(failure)}</p>;
  if (steps === null) return <p class="quiet">{say.looking}</p>;
  const isAdmin = currentIdentity.value?.role === 'admin';
  return (
    <>
      <section
        class="table-scroll"
        aria-label={say.hoursThatAreMissing}
        // What scrolls must be reached by keyboard; buttons in it can be.
        tabIndex={isAdmin ? -1 : 0}
      >
        <table class="data">
          <caption class="unseen">{say.missingCaption}</caption>
          <thead>
            <tr>
              <th scope="col">{say.utc}</th>
              <th scope="col">{say.missing}</th>
              <th scope="col">{say.of}</th>
              <th scope="col" class="text">
                <span class="unseen">{isAdmin ? say.whatToDo : say.whenItComes}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <MissingRow key={step.from} step={step} isAdmin={isAdmin} />
            ))}
          </tbody>
        </table>
      </section>
      <p class="quiet">{say.hourComesByItself}</p>
      <p role="status">{begun.value}</p>
    </>
  );
}

function MissingRow({ step, isAdmin }: { readonly step: MissingStep; readonly isAdmin: boolean }) {
  const name = stepName(step);
  const canBegin = computableEnd(step, Date.now()) > step.from;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{step.of - step.computed}</td>
      <td>{step.of}</td>
      <td class="text">
        {!canBegin && <span class="quiet">{say.stillTakesEvents}</span>}
        {canBegin && !isAdmin && <span class="quiet">{say.due}</span>}
        {canBegin && isAdmin && (
          <button type="button" class="button" onClick={() => void beginRuns(step, view.peek().region)}>
            {say.compute}
            <span class="unseen"> {name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

function stepName({ from, to }: MissingStep): string {
  const isHour = to - from < dayMs && new Date(from).getUTCHours() + to - from > 0;
  return isHour ? `${utcDayText(from)} ${hourText(new Date(from).getUTCHours())}` : utcDayText(from);
}
