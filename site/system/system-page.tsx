import { exactText } from '../format/date.ts';
import * as say from '../text/system.ts';
import '../theme/tokens.css';
import '../theme/base.css';
import '../panels/mark.css';
import '../panels/page-nav.css';
import '../panels/page-head.css';
import '../panels/page-foot.css';
import '../access/person-menu.css';
import '../admin/admin.css';
import '../admin/dialog.css';
import '../admin/table.css';
import '../admin/audit.css';
import '../chart/chart.css';
import './system.css';
import './flow.css';
import { signal } from '@preact/signals';
import type { SystemState } from '../../core/system/judge.ts';
import { Resource } from '../admin/resource.ts';
import { Bones, Failed } from '../admin/waiting.tsx';
import { rateFigure } from '../format/number.ts';
import { clockText } from '../format/time.ts';
import { bindKeys } from '../keys/key-list.ts';
import { Mark } from '../panels/mark.tsx';
import { PageFrame, startFrame } from '../panels/page-frame.tsx';
import type { SystemData } from './answer.ts';
import { Flow, tableShown } from './flow.tsx';
import { Cost, DeadLetters, Regions, Rejects, Runs } from './lists.tsx';
import { addressOf, dollarText, stateMarks } from './picture.ts';

const askEveryMs = 5_000;

/** After three questions without an answer the numbers are not of now. */
const lateAfterMs = 3 * askEveryMs;

const system = new Resource<{ readonly data: SystemData }>('/api/system');

function System() {
  const data = system.value.value?.data;
  const failure = system.failure.value;
  return (
    <PageFrame current="system">
      {data && <Failed what={say.theNewestNumbers} failure={failure} retry={ask} needed="analyst" />}
      {data ? (
        <div class={failure || isLate.value ? 'stale' : ''}>
          <Headline data={data} isStale={failure !== null || isLate.value} />
          <Flow data={data} />
          <Accounts data={data} />
          <Regions data={data} />
          <div class="pair">
            <Rejects data={data} />
            <DeadLetters data={data} reload={ask} />
          </div>
          <Runs data={data} />
          <Cost data={data} />
        </div>
      ) : (
        <>
          <header class="title">
            <h1 tabIndex={-1}>{say.system}</h1>
          </header>
          <Failed what={say.theSystem} failure={failure} retry={ask} needed="analyst" />
          {!failure && <Bones rows={10} />}
        </>
      )}
    </PageFrame>
  );
}

const calmWords: Readonly<Partial<Record<SystemState, string>>> = {
  well: say.allIsWell,
  idle: say.nobodySends,
};

/** Is everything well, right now? Then where, and why. */
function Headline({ data, isStale }: { readonly data: SystemData; readonly isStale: boolean }) {
  const { state, findings, at, events_per_second: events, regions, cost } = data;
  const { text, unit } = rateFigure(events);
  const time = <time dateTime={at}>{clockText(Date.parse(at))}</time>;
  return (
    <header class={`title system-title state-${state}`}>
      <div>
        <h1 tabIndex={-1}>
          <Mark kind={stateMarks[state]} size={22} />
          <span aria-live="polite">{calmWords[state] ?? findings[0]?.text}</span>
        </h1>
        {findings.length > 1 && (
          <ul class="findings">
            {findings.slice(1).map((finding) => (
              <li key={finding.text}>
                <Mark kind={stateMarks[finding.level]} size={10} />{' '}
                <a class="plain-link" href={addressOf(finding.part)}>
                  {finding.text}
                </a>
              </li>
            ))}
          </ul>
        )}
        <p class="title-remark">
          {state === 'idle' ? (
            <>
              {say.nothingCameInTheLastMinute} <a href="/">{say.theLiveView}</a> {say.saysHowToSendAnEvent}
            </>
          ) : (
            <>
              {say.eventsThrough(
                text + unit.replace('/s', say.eventsPerSecond),
                regions.length,
                dollarText(cost.usd_per_day),
              )}
              {cost.usd_per_million && say.costOfMillion(dollarText(cost.usd_per_million))}.
            </>
          )}
        </p>
      </div>
      <div class="title-acts">
        <p class="heard">
          <Mark kind={isStale ? 'down' : 'healthy'} size={10} />
          {/* Told when it begins, and not at every answer. */}
          <span role="status">
            {isStale && (
              <b>
                {say.noAnswerSince} {time}
              </b>
            )}
          </span>
          {!isStale && (
            <span title={exactText(at)}>
              {say.asOf} {time}
            </span>
          )}
        </p>
        <button
          type="button"
          class="button"
          aria-pressed={tableShown.value}
          aria-keyshortcuts="t"
          onClick={toggleTable}
        >
          {say.table}
        </button>
      </div>
    </header>
  );
}

function Accounts({ data: { accounts } }: { readonly data: SystemData }) {
  if (!accounts) return null;
  const { adds_up: addsUp, explanation, at } = accounts;
  return (
    <div class={`check ${addsUp ? '' : 'check-fault'}`}>
      <Mark kind={addsUp ? 'healthy' : 'failing'} />
      <p>
        <b>{explanation}</b> <span class="quiet">{say.accountsOfLastHour(clockText(Date.parse(at)))}</span>
      </p>
      <a href="/admin/reconcile?minutes=60">{say.seeTheAccounts}</a>
    </div>
  );
}

function toggleTable(): void {
  tableShown.value = !tableShown.value;
}

let asking = false;
let answeredAt = performance.now();
const isLate = signal(false);

/** One question at a time, and none while nobody looks. */
function ask(): void {
  if (document.hidden) return;
  isLate.value = performance.now() - answeredAt > lateAfterMs;
  if (asking) return;
  asking = true;
  void system.load().finally(() => {
    asking = false;
    answeredAt = performance.now();
    isLate.value = false;
  });
}

ask();
setInterval(ask, askEveryMs);
document.addEventListener('visibilitychange', ask);
bindKeys({
  keys: ['t'],
  meaning: say.tableKey,
  group: say.whatIsShown,
  press: toggleTable,
});
startFrame(<System />);
