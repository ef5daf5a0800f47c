/** What the figures are: whose, of how many hours, from when; what is missing in them; and where the rest is. */
import { signal, useSignalEffect } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import { Ago } from '../admin/moment.tsx';
import { countFigure } from '../format/number.ts';
import { Mark } from '../panels/mark.tsx';
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
import { dayMs, dayText } from './view.ts';

const isOpen = signal(false);

export function Coverage() {
  const meta = reached();
  if (meta === null) return <p class="coverage quiet">Asking how far the batch layer is.</p>;
  const { computed, of } = meta.hours;
  const left = of - computed;
  const isNow = times.value.to > Date.now();
  return (
    <div class="coverage">
      <p class="coverage-line">
        <Mark kind={of === 0 ? 'idle' : left === 0 ? 'healthy' : 'busy'} />
        <span>
          {of === 0 ? (
            'The batch layer knows of no events in these days'
          ) : (
            <>
              Computed by the batch layer, late events included:{' '}
              <b>
                {countFigure(computed).exact} of {countFigure(of).exact} {of === 1 ? 'hour' : 'hours'}
              </b>{' '}
              <span class="quiet">
                of regions{left === 0 && ', all there is'}
                {meta.computed_at !== null && ', last '}
                {meta.computed_at !== null && <Ago at={meta.computed_at} never="" />}
              </span>
            </>
          )}
          {isNow && (
            <span class="quiet">
              . Hours that are still open are in the <a href="/">Live view</a>
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
      <summary>
        {left} {left === 1 ? 'hour is' : 'hours are'} not computed yet and missing below: which?
      </summary>
      <MissingTable />
    </details>
  );
}

function MissingTable() {
  const steps = missing.value;
  const failure = missingFailure.value;
  if (failure !== null) return <p class="fault">They could not be found out. {failure}</p>;
  if (steps === null) return <p class="quiet">Looking</p>;
  const isAdmin = currentIdentity.value?.role === 'admin';
  return (
    <>
      <section
        class="table-scroll"
        aria-label="Hours that are missing"
        // What scrolls must be reached by keyboard; buttons in it can be.
        tabIndex={isAdmin ? -1 : 0}
      >
        <table class="data">
          <caption class="unseen">What is missing, newest first, UTC</caption>
          <thead>
            <tr>
              <th scope="col">UTC</th>
              <th scope="col">Missing</th>
              <th scope="col">Of</th>
              <th scope="col" class="text">
                <span class="unseen">{isAdmin ? 'What to do' : 'When it comes'}</span>
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
      <p class="quiet">
        An hour is computed by itself about 25 minutes after it ends, and again when late events came.
      </p>
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
        {!canBegin && <span class="quiet">still takes events</span>}
        {canBegin && !isAdmin && <span class="quiet">due</span>}
        {canBegin && isAdmin && (
          <button type="button" class="button" onClick={() => void beginRuns(step, view.peek().region)}>
            Compute<span class="unseen"> {name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

function stepName({ from, to }: MissingStep): string {
  const isHour = to - from < dayMs && new Date(from).getUTCHours() + to - from > 0;
  return isHour ? `${dayText(from)} ${hourText(new Date(from).getUTCHours())}` : dayText(from);
}
