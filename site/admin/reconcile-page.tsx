import { exactText, secondText, yearDayText } from '../format/date.ts';
import * as say from '../text/admin-accounts.ts';
import './table.css';
import './audit.css';
import './reconcile.css';
import { countFigure } from '../format/number.ts';
import { Mark } from '../panels/mark.tsx';
import { startPage, Title } from './admin-page.tsx';
import {
  type Account,
  fates,
  fateWords,
  type HourRow,
  hoursToShow,
  type ProducerAccount,
  type Reconciled,
  signed,
} from './reconcile-rows.ts';
import { Resource } from './resource.ts';
import { Bones, Empty, Failed } from './waiting.tsx';

const spans = [
  ['60', say.lastHour],
  ['360', say.sixHours],
  ['1440', say.aDay],
] as const;
/** Accounts are told to the last event. */
const countText = (count: number): string => countFigure(count).exact;

const asked = new URLSearchParams(location.search).get('minutes') ?? '1440';
const minutes = spans.some(([length]) => length === asked) ? asked : '1440';
const accounts = new Resource<Reconciled>(`/api/reconcile?minutes=${minutes}&limit=1`);

function Accounts() {
  const { value } = accounts.value;
  return (
    <>
      <Title title={say.accounts} remark={say.accountsRemark}>
        <nav class="title-acts spans" aria-label={say.howFarBack}>
          {spans.map(([length, word]) => (
            <a
              key={length}
              class="button"
              href={`?minutes=${length}`}
              {...(length === minutes && ({ 'aria-current': 'page' } as const))}
            >
              {word}
            </a>
          ))}
        </nav>
      </Title>
      <Failed what={say.theAccounts} failure={accounts.failure.value} retry={() => void accounts.load()} />
      {value ? <Whole answer={value} /> : accounts.failure.value ? null : <Bones rows={10} />}
    </>
  );
}

function Whole({ answer }: { readonly answer: Reconciled }) {
  const { adds_up: addsUp, explanation, totals, producers, hours, meta } = answer;
  return (
    <>
      <div class={`check ${addsUp ? 'check-whole' : 'check-fault'}`} role="status">
        <Mark kind={addsUp ? 'healthy' : 'failing'} size={14} />
        <p>
          <b>{explanation}</b>{' '}
          <span class="quiet">
            {say.receivedFrom} <time dateTime={meta.from}>{exactText(meta.from)}</time> {say.onwards}
          </span>
          {meta.warnings?.map((warning) => (
            <span class="under" key={warning}>
              {warning}.
            </span>
          ))}
        </p>
      </div>
      <Totals totals={totals} />
      <Producers producers={producers} />
      <Hours hours={hours} />
    </>
  );
}

function Totals({ totals }: { readonly totals: Account }) {
  const { received, rejected, twins, accepted } = totals;
  const known = [
    [say.received, received],
    [say.rejected, rejected],
    [say.twins, twins],
    [say.accepted, accepted],
  ] as const;
  return (
    <dl class="sums">
      {known.map(([word, value]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{value === null ? '–' : countText(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Producers({ producers }: { readonly producers: readonly ProducerAccount[] }) {
  if (producers.length === 0) {
    return (
      <Empty title={say.nothingCameIn}>
        <p>{say.nothingCameInHint}</p>
      </Empty>
    );
  }
  return (
    <section aria-labelledby="producers">
      <h2 id="producers">{say.byProducer}</h2>
      <table class="list accounts">
        <caption class="unseen">{say.byProducerCaption}</caption>
        <thead>
          <tr>
            <th scope="col">{say.producer}</th>
            <th scope="col">{say.accepted}</th>
            {fates.map((fate) => (
              <th scope="col" key={fate}>
                {fateWords[fate]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {producers.map((row) => (
            <tr key={row.producer}>
              <th scope="row" class="name">
                <span class="state">
                  <Mark kind={row.adds_up ? 'healthy' : 'failing'} size={10} />
                  {row.producer || say.notKnownAnyMore}
                </span>
              </th>
              <td data-label="Accepted">{countText(row.accepted)}</td>
              {fates.map((fate) => (
                <td data-label={fateWords[fate]} key={fate} class={toneOf(fate, row[fate])}>
                  {countText(row[fate])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function toneOf(fate: (typeof fates)[number], count: number): string {
  if (count === 0) return 'none';
  return fate === 'missing' ? 'lost' : '';
}

const stateMarks = {
  equal: 'healthy',
  explained: 'healthy',
  open: 'busy',
  stale: 'busy',
  fault: 'failing',
} as const;

function Hours({ hours }: { readonly hours: readonly HourRow[] }) {
  const { shown, equal } = hoursToShow(hours);
  const same = equal === 0 ? say.noHourEqual : say.hoursEqual(equal);
  return (
    <section class="hours" aria-labelledby="hours">
      <h2 id="hours">{say.streamAgainstBatch}</h2>
      <p class="quiet">
        {same}
        {shown.length > 0 && say.theOthers}
      </p>
      {shown.length > 0 && (
        <table class="list accounts">
          <caption class="unseen">{say.hoursCaption}</caption>
          <thead>
            <tr>
              {[say.hour, say.state, say.stream, say.batch, say.difference].map((word) => (
                <th scope="col" key={word}>
                  {word}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <HourLine key={`${row.region} ${row.hour}`} row={row} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function HourLine({ row }: { readonly row: HourRow }) {
  const { region, hour, state, stream, batch, difference, explanation } = row;
  return (
    <tr>
      <th scope="row" class="name">
        {region}
        <time class="under" dateTime={hour} title={exactText(hour)}>
          {yearDayText(hour)}, {secondText(hour).slice(0, 5)}
        </time>
      </th>
      <td data-label="State" class="words">
        <span class="state">
          <Mark kind={stateMarks[state]} size={10} />
          {state}
        </span>
        <span class="under">{explanation}</span>
      </td>
      <td data-label="Stream">{countText(stream)}</td>
      <td data-label="Batch">{batch === null ? '–' : countText(batch)}</td>
      <td data-label="Difference">{difference === null ? '–' : signed(difference, countText)}</td>
    </tr>
  );
}

export function openAccounts(): void {
  void accounts.load();
  startPage('reconcile', <Accounts />);
}
