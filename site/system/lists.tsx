/** The lists below the picture: regions, rejects, dead letters, runs, and what it costs. */
import type { ComponentChildren } from 'preact';
import { Ago } from '../admin/moment.tsx';
import { countFigure, countText, rateFigure } from '../format/number.ts';
import { delayFigure } from '../format/time.ts';
import { Mark, type MarkKind } from '../panels/mark.tsx';
import { Quantity } from '../panels/quantity.tsx';
import type { SystemData } from './answer.ts';
import { regionMarks } from './flow.tsx';
import { dollarText } from './picture.ts';
import { SendAgain } from './send-again.tsx';

interface ListProps {
  readonly id: string;
  readonly title: string;
  readonly remark?: ComponentChildren;
  readonly columns: readonly string[];
  /** Keys, and cells: the first names the row. */
  readonly rows: readonly (readonly [string, readonly ComponentChildren[]])[];
  /** Instead of the table, where there are no rows. */
  readonly none: string;
  readonly children?: ComponentChildren;
}

function List({ id, title, remark, columns, rows, none, children }: ListProps) {
  return (
    <section class="part" id={id} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {remark && <p class="quiet">{remark}</p>}
      {rows.length === 0 ? (
        <p class="none">{none}</p>
      ) : (
        <table class="list sums-list">
          <caption class="unseen">{title}</caption>
          <thead>
            <tr>
              {columns.map((name) => (
                <th scope="col" key={name}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([key, [name, ...cells]]) => (
              <tr key={key}>
                <th scope="row" class="name">
                  {name}
                </th>
                {cells.map((cell, i) => (
                  <td key={columns[i + 1]} data-label={columns[i + 1]}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {children}
    </section>
  );
}

const state = (kind: MarkKind, word: ComponentChildren) => (
  <span class="state">
    <Mark kind={kind} size={10} />
    {word}
  </span>
);
const count = (value: number) => <Quantity figure={countFigure(value)} />;
const delay = (ms: number | null) => (ms === null ? '–' : <Quantity figure={delayFigure(ms)} />);
const under = (text: ComponentChildren) => <span class="under">{text}</span>;

export function Regions({ data: { regions, regions_left_out: leftOut } }: { readonly data: SystemData }) {
  return (
    <List
      id="regions"
      title="Regions"
      remark={leftOut > 0 && `${leftOut} more are not asked: one answer asks so many.`}
      columns={[
        'Region',
        'Events',
        'Queue wait',
        'Watermark behind',
        'D1 behind',
        'Since the last seal',
        'On the way',
      ]}
      none="There is no region."
      rows={regions.map((row) => [
        row.region,
        [
          <>
            {state(regionMarks[row.state], row.region)}
            {under(
              row.state === 'silent' || row.state === 'idle' ? (
                <>
                  {row.state}, heard <Ago at={row.last_received_at} never="never" />
                </>
              ) : (
                row.state.replace('_', ' ')
              ),
            )}
          </>,
          <Quantity key="rate" figure={rateFigure(row.events_per_second)} />,
          delay(row.queue_wait_ms),
          delay(row.watermark_behind_ms),
          delay(row.d1_behind_ms),
          delay(row.lake_behind_ms),
          count(row.in_flight + row.overdue),
        ],
      ])}
    />
  );
}

export function Rejects({ data: { doors } }: { readonly data: SystemData }) {
  const { rejected, rejects, samples } = doors;
  return (
    <List
      id="doors"
      title="Rejected in the last hour"
      columns={['Producer', 'Reason', 'Records']}
      none={
        rejected === null
          ? 'Not told: rejects are of no region, or could not be read.'
          : 'Nothing was rejected.'
      }
      rows={rejects.map(({ producer, code, records }) => [
        `${producer}/${code}`,
        [producer, <code key="code">{code}</code>, count(records)],
      ])}
    >
      {samples.length > 0 && (
        <details>
          <summary>Samples</summary>
          <ul class="samples">
            {samples.map(({ at, producer, code, id, pointer, message }, i) => (
              <li key={`${at} ${i}`}>
                <code>{pointer || code}</code> {message}
                {under(
                  <>
                    {producer}, {id === null ? 'no id' : `event ${id}`}, <Ago at={at} never="" />
                  </>,
                )}
              </li>
            ))}
          </ul>
        </details>
      )}
    </List>
  );
}

interface LettersProps {
  readonly data: SystemData;
  readonly reload: () => void;
}

export function DeadLetters({ data: { dead_letters: letters }, reload }: LettersProps) {
  const kinds = letters?.kinds ?? [];
  return (
    <List
      id="dead_letters"
      title="Dead letters"
      remark={
        letters &&
        letters.count > 0 &&
        `${letters.whole ? '' : 'More than '}${countText(letters.count)}: refused, kept whole in R2.`
      }
      columns={['Reason', 'Region', 'Producer', 'Letters', 'Events']}
      none={letters ? 'There are none.' : 'They could not be counted.'}
      rows={kinds.map((kind) => [
        `${kind.code}/${kind.region}/${kind.producer}`,
        [
          <>
            <code>{kind.code}</code>
            {under(
              <>
                {kind.message}, <Ago at={kind.newest_at} never="" />
                {!kind.sendable && '; must not be sent again'}
              </>,
            )}
          </>,
          kind.region ?? '–',
          kind.producer ?? '–',
          count(kind.letters),
          count(kind.events),
        ],
      ])}
    >
      {kinds.some(({ sendable }) => sendable) && <SendAgain reload={reload} />}
    </List>
  );
}

const kindWords = { batch: 'Batch', replay: 'Replay', etl: 'ETL' } as const;

export function Runs({ data: { runs, runs_waiting: waiting } }: { readonly data: SystemData }) {
  return (
    <List
      id="runs"
      title="Runs of the last day"
      remark={waiting !== null && waiting > 0 && `${countText(waiting)} hours wait for their turn.`}
      columns={['Run', 'State', 'Done', 'Last got on']}
      none={runs ? 'Nothing has run for a day.' : 'They could not be read.'}
      rows={(runs ?? []).map((run) => [
        run.id,
        [
          <>
            {kindWords[run.kind]}
            {under(run.what)}
          </>,
          <>
            {state(run.failed ? 'warning' : run.over ? 'healthy' : 'busy', run.state.replaceAll('_', ' '))}
            {run.error && under(run.error)}
          </>,
          run.over || run.share_done === null ? (
            '–'
          ) : (
            <>
              <progress value={run.share_done} aria-label={run.what} /> {Math.floor(run.share_done * 100)} %
            </>
          ),
          <Ago key="at" at={run.progressed_at} never="" />,
        ],
      ])}
    />
  );
}

export function Cost({ data: { cost } }: { readonly data: SystemData }) {
  const { usd_per_day: day, usd_per_million: million, lines, prices_of: pricesOf } = cost;
  return (
    <List
      id="cost"
      title="Estimated cost"
      remark={
        <>
          <b class="money">{dollarText(day)}</b> a day like the last minute
          {million && (
            <>
              , <b class="money">{dollarText(million)}</b> a million events
            </>
          )}
          . {pricesOf}; what the plan includes is not taken off.
        </>
      }
      columns={['Item', 'A day', 'Dollars a day', 'Rests on']}
      none="Nothing is paid for now."
      rows={lines.map(({ item, unit, basis, why, per_day: amount, usd_per_day: usd }) => [
        item,
        [
          item,
          <>
            {amount.low === amount.high
              ? count(amount.high)
              : `${countText(amount.low)} to ${countText(amount.high)}`}{' '}
            <span class="quiet">{unit}</span>
          </>,
          dollarText(usd),
          <>
            {basis}
            {under(why)}
          </>,
        ],
      ])}
    />
  );
}
