/** The lists below the picture: regions, rejects, dead letters, runs, and what it costs. */
import { currentIdentity } from '../access/session.ts';
import { Ago } from '../admin/moment.tsx';
import { countText, rateFigure } from '../format/number.ts';
import { Quantity } from '../panels/quantity.tsx';
import * as say from '../text/system.ts';
import type { SystemData } from './answer.ts';
import { regionMarks } from './flow.tsx';
import { count, delay, List, nothing, state, under } from './list.tsx';
import { dollarText, firstOfEachKind } from './picture.ts';
import { SendAgain } from './send-again.tsx';

export function Regions({ data: { regions, regions_left_out: leftOut } }: { readonly data: SystemData }) {
  return (
    <List
      id="regions"
      title={say.regions}
      remark={leftOut > 0 && say.moreAreNotAsked(leftOut)}
      columns={[
        say.region,
        say.state,
        say.events,
        say.queueWait,
        say.watermarkLag,
        say.notSealedFor,
        say.d1Behind,
        say.onTheWay,
      ]}
      none={say.thereIsNoRegion}
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
                {say.heard(row.state)} <Ago at={row.last_received_at} never="" />
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
      title={say.rejectedInTheLastHour}
      columns={[say.producer, say.reason, say.records]}
      none={rejected === null ? say.rejectsNotTold : say.nothingWasRejected}
      rows={rejects.map(({ producer, code, records }) => [
        `${producer}/${code}`,
        [<Producer key="producer" name={producer} />, <code key="code">{code}</code>, count(records)],
      ])}
    >
      <Samples samples={shown} />
      {shown.length < samples.length && (
        <details>
          <summary>{say.moreSamples(samples.length - shown.length)}</summary>
          <Samples samples={samples.filter((one) => !shown.includes(one))} />
        </details>
      )}
    </List>
  );
}

function Samples({ samples }: { readonly samples: SystemData['doors']['samples'] }) {
  return (
    <ul class="samples" aria-label={say.samples}>
      {samples.map(({ at, producer, code, id, pointer, message }, i) => (
        <li key={`${at} ${i}`}>
          <code>{pointer || code}</code> {message}
          {under(
            <>
              {producer}, {id === null ? say.noId : say.eventOf(id)}, <Ago at={at} never="" />
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
      title={say.deadLetters}
      remark={
        letters &&
        letters.count > 0 &&
        (letters.whole ? say.lettersKept : say.moreLettersKept)(countText(letters.count))
      }
      columns={[say.reason, say.region, say.producer, say.letters, say.events]}
      none={letters ? say.thereAreNone : say.theyCouldNotBeCounted}
      rows={kinds.map((kind) => [
        `${kind.code}/${kind.region}/${kind.producer}`,
        [
          <>
            <code>{kind.code}</code>
            {under(
              <>
                {kind.message}, <Ago at={kind.newest_at} never="" />
                {!kind.sendable && say.mustNotBeSentAgain}
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

const kindWords = { batch: say.batch, replay: say.replay, etl: say.etl } as const;

export function Runs({ data: { runs, runs_waiting: waiting } }: { readonly data: SystemData }) {
  return (
    <List
      id="runs"
      title={say.runsOfTheLastDay}
      remark={waiting !== null && waiting > 0 && say.hoursWait(countText(waiting))}
      columns={[say.run, say.state, say.done, say.lastGotOn]}
      none={runs ? say.nothingHasRunForADay : say.theyCouldNotBeRead}
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
      title={say.estimatedCost}
      remark={
        <>
          <b class="money">{dollarText(day)}</b> {say.dayLikeLastMinute}
          {million && (
            <>
              , <b class="money">{dollarText(million)}</b> {say.aMillionEvents}
            </>
          )}
          {say.planNotTakenOff(pricesOf)}
        </>
      }
      columns={[say.item, say.aDay, say.dollarsADay, say.restsOn]}
      none={say.nothingIsPaidForNow}
      rows={lines.map(({ item, unit, basis, why, per_day: amount, usd_per_day: usd }) => [
        item,
        [
          item,
          <>
            {amount.low === amount.high
              ? count(amount.high)
              : say.range(countText(amount.low), countText(amount.high))}{' '}
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
