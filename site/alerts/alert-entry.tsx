/** One alert of the log: what, where, since when, how far beyond its limit, who has it; its details on demand. */
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { mayAcknowledge } from '../access/session.ts';
import { agoFigure } from '../format/time.ts';
import { alertLimit, alertRemarks, alertValue, resolutionText } from '../live/alert-text.ts';
import { Acknowledge } from '../panels/acknowledge.tsx';
import { Acknowledged, Message } from '../panels/alert-item.tsx';
import { Severity } from '../panels/severity.tsx';
import * as say from '../text/alerts.ts';
import { AlertDetail } from './alert-detail.tsx';
import { type AlertField, changedFilter, liveLink } from './alert-filter.ts';
import { acknowledgements, choose, filter, minute } from './alert-list.ts';
import { momentText } from './moment-text.ts';
import { ValueChart } from './value-chart.tsx';

export function AlertEntry({ alert }: { readonly alert: AlertRow }) {
  const { id, severity, message, region, alert_type: rule, acknowledged } = alert;
  const isFiring = alert.state === 'firing';
  const isOpen = filter.value.alert === id;
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
          <Narrow name="region" value={region} />
          <Narrow name="rule" value={rule} />
          {alertRemarks(alert).map((remark) => (
            <span key={remark}>{remark}</span>
          ))}
        </p>
      </div>
      <div class="alert-measure">
        <p class="alert-value">
          <b>{alertValue(alert)}</b> <span class="quiet">{alertLimit(alert)}</span>
        </p>
        <ValueChart alert={alert} />
      </div>
      <p class="alert-when">
        <span>
          {isFiring && say.since}
          {momentText(Date.parse(alert.pending_since), minute.value)}
        </span>
        <span class="quiet">
          {isFiring ? say.goesOnFor(lastedText(alert, minute.value)) : say.lasted(lastedText(alert, 0))}
        </span>
        {!isFiring && <span class="quiet">{resolutionText(alert)}</span>}
      </p>
      <div class="alert-ack">
        {acknowledged && <Acknowledged alert={alert} />}
        {mayAcknowledge.value && (!acknowledged || isFiring) && (
          <Acknowledge alert={alert} acknowledgements={acknowledgements} />
        )}
      </div>
      <p class="alert-links">
        <button
          type="button"
          class="mention"
          aria-expanded={isOpen}
          onClick={() => choose(changedFilter(filter.peek(), { alert: isOpen ? null : id }))}
        >
          {isOpen ? say.hideDetails : say.details}
          <span class="unseen"> {say.ofAlert(message)}</span>
        </button>
        <a href={liveLink(alert, minute.value)}>
          {say.liveViewThen}
          <span class="unseen">{say.ofRegion(region)}</span>
        </a>
      </p>
      {isOpen && <AlertDetail alert={alert} />}
    </li>
  );
}

/** Pressed, the list is of what is like this. */
function Narrow({ name, value }: { readonly name: AlertField; readonly value: string }) {
  return (
    <button
      type="button"
      class="mention"
      aria-label={say.only(name, value)}
      onClick={() => choose(changedFilter(filter.peek(), { [name]: value }))}
    >
      {value}
    </button>
  );
}

function lastedText({ pending_since: since, resolved_at: until }: AlertRow, nowMs: number): string {
  const end = until === null ? nowMs : Date.parse(until);
  const { text, unit } = agoFigure(Math.max(60_000, end - Date.parse(since)));
  return `${text}\u202f${unit}`;
}
