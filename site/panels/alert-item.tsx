/** One alert: how grave, what and where, by how much, since when, and who has seen it. */
import { type ReadonlySignal, useComputed } from '@preact/signals';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { mayAcknowledge } from '../access/session.ts';
import { valueText } from '../filter/value-list.ts';
import { agoFigure, hourText } from '../format/time.ts';
import { alertLimit, alertPeriod, alertRemarks, alertValue, resolutionText } from '../live/alert-text.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';
import { Acknowledge } from './acknowledge.tsx';
import { Severity } from './severity.tsx';

interface AlertItemProps {
  readonly alert: AlertRow;
  readonly store: Store;
}

export function AlertItem({ alert, store }: AlertItemProps) {
  const { id, severity, state, message, region, acknowledged } = alert;
  const isFiring = state === 'firing';
  const kind = isFiring ? `alert-${severity.toLowerCase()}` : 'alert-over';
  return (
    <li class={`alert ${kind}${acknowledged ? ' acknowledged' : ''}`} data-alert={id} tabIndex={-1}>
      <p class="alert-severity">
        <Severity severity={severity} />
        {!isFiring && <span class="quiet">{say.resolvedTag}</span>}
      </p>
      <div class="alert-what">
        <p class="alert-message" dir="auto">
          <Message text={message} />
        </p>
        <p class="alert-facts quiet">
          <button
            type="button"
            class="mention"
            onClick={() => store.choose({ region: valueText([region], false) })}
          >
            {region}
          </button>
          {alertRemarks(alert).map((remark) => (
            <span key={remark}>{remark}</span>
          ))}
          <a class="mention" href={`/alerts?alert=${encodeURIComponent(id)}`}>
            {say.details}
            <span class="unseen"> {say.ofAlert(message)}</span>
          </a>
        </p>
      </div>
      <p class="alert-value">
        <b>{alertValue(alert)}</b>
        <span class="quiet">{alertLimit(alert)}</span>
      </p>
      <p class="alert-when">
        {isFiring ? (
          <>
            <span>{say.since(alertPeriod(alert))}</span>
            <Duration since={Date.parse(alert.pending_since)} asOf={store.moment} />
          </>
        ) : (
          <>
            <span>{alertPeriod(alert)}</span>
            <span class="quiet">{resolutionText(alert)}</span>
          </>
        )}
      </p>
      <div class="alert-ack">
        {acknowledged && <Acknowledged alert={alert} />}
        {mayAcknowledge.value && store.frame.value.endMs === null && (!acknowledged || isFiring) && (
          <Acknowledge alert={alert} acknowledgements={store.acknowledgements} />
        )}
      </div>
    </li>
  );
}

/** What is wrong stands before the colon, and is what the eye looks for; how much and when comes after it. */
export function Message({ text }: { readonly text: string }) {
  const colon = text.indexOf(': ');
  if (colon < 0) return <b>{text}</b>;
  return (
    <>
      <b>{text.slice(0, colon + 1)}</b>
      {text.slice(colon + 1)}
    </>
  );
}

interface DurationProps {
  readonly since: number;
  readonly asOf: ReadonlySignal<{ readonly asOf: number }>;
}

/** A text node that changes by itself; the alert around it rests. */
function Duration({ since, asOf }: DurationProps) {
  const text = useComputed(() => {
    const { text: count, unit } = agoFigure(asOf.value.asOf - since);
    return unit === '' ? say.justNow : say.goesOnFor(count, unit);
  });
  return <span class="quiet">{text}</span>;
}

export function Acknowledged({ alert }: { readonly alert: AlertRow }) {
  const { acknowledged_by: by, acknowledged_at: at, comment } = alert;
  return (
    <p class="acknowledged-by">
      <span>
        <svg width="12" height="12" viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2 8.5l4 4 8-9" stroke="currentColor" stroke-width="2" fill="none" />
        </svg>
        {say.acknowledged}
        {at !== null && say.atTime(hourText(Date.parse(at)))}
        {by !== null && <span class="quiet"> {say.by(by)}</span>}
      </span>
      {comment && (
        <q class="comment" dir="auto">
          {comment}
        </q>
      )}
    </p>
  );
}
