/** The lists below the picture: regions, rejects, dead letters, runs, and what it costs. */
import { currentIdentity } from '../access/session.ts';
import { Ago } from '../admin/moment.tsx';
import { countText, rateFigure } from '../format/number.ts';
import { Quantity } from '../panels/quantity.tsx';
import type { SystemData } from './answer.ts';
import { regionMarks } from './flow.tsx';
import { count, delay, List, nothing, state, under } from './list.tsx';
import { dollarText, firstOfEachKind } from './picture.ts';
import { SendAgain } from './send-again.tsx';

export function Regions({ data: { regions, regions_left_out: leftOut } }: { readonly data: SystemData }) {
  return (
    <List
      id="regions"
      title="Regions"
      remark={leftOut > 0 && `${leftOut} more are not asked: one answer asks so many.`}
      columns={[
        'Region',
        'State',
        'Events',
        'Queue wait',
        'Watermark lag',
        'Not sealed for',
        'D1 behind',
        'On the way',
      ]}
      none="There is no region."
      rows={regions.map((row) => [
        row.region,
        [
          <a key="region" class="plain-link" href={`/?region=${encodeURIComponent(row.region)}`}>
            {row.region}
          </a>,
          state(
            regionMarks[row.state],
            (row.state === 'silent' || row.state === 'idle') && row.last_received_at ? (
              <span>
                {row.state}, heard <Ago at={row.last_received_at} never="" />
              </span>
            ) : (
              row.state.replace('_', ' ')
            ),
          ),
          <Quantity key="rate" figure={rateFigure(row.events_per_second)} />,
          delay(row.queue_wait_ms),
          delay(row.watermark_behind_ms),
          delay(row.lake_behind_ms),
          delay(row.d1_behind_ms),
          count(row.in_flight + row.overdue),
        ],
      ])}
    />
  );
}

/** With a way to its keys, for who may see them. */
function Producer({ name }: { readonly name: string }) {
  if (currentIdentity.value?.role !== 'admin') return <>{name}</>;
  return (
    <a class="plain-link" href={`/admin/keys?text=${encodeURIComponent(name)}`}>
      {name}
    </a>
  );
}

export function Rejects({ data: { doors } }: { readonly data: SystemData }) {
  const { rejected, rejects, samples } = doors;
  const shown = firstOfEachKind(samples);
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
        [<Producer key="producer" name={producer} />, <code key="code">{code}</code>, count(records)],
      ])}
    >
      <Samples samples={shown} />
      {shown.length < samples.length && (
        <details>
          <summary>{samples.length - shown.length} more</summary>
          <Samples samples={samples.filter((one) => !shown.includes(one))} />
        </details>
      )}
    </List>
  );
}

function Samples({ samples }: { readonly samples: SystemData['doors']['samples'] }) {
  return (
    <ul class="samples" aria-label="Samples">
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
          kind.region ?? nothing,
          kind.producer === null ? nothing : <Producer key="producer" name={kind.producer} />,
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
            <a class="plain-link" href={run.kind === 'etl' ? '/analytics' : '/analytics?part=stream'}>
              {kindWords[run.kind]}
            </a>
            {under(run.what)}
          </>,
          <>
            {state(run.failed ? 'warning' : run.over ? 'healthy' : 'busy', run.state.replaceAll('_', ' '))}
            {run.error && under(run.error)}
          </>,
          run.over || run.share_done === null ? (
            nothing
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
