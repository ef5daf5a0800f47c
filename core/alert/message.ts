/** What an alert says, as a person would write it. */
import { minuteStartMs } from '../window/time.ts';
import type { AlertRule } from './alert-rule.ts';
import type { Cause } from './track.ts';

export function alertMessage(rule: AlertRule, region: string, key: string | null, cause: Cause): string {
  const where = key === null ? region : `${region}, ${rule.dimension} ${key}`;
  switch (rule.metric) {
    case 'success_rate':
    case 'error_rate':
      return rateMessage(rule, where, cause);
    case 'silent_minutes':
      return `No events from ${where} for ${counted(cause.value, 'minute')}, though it had traffic before.`;
    case 'lateness_cuts':
      return (
        `${where} holds more events than it can tell twins among: ${counted(cause.value, 'window')} ended the ` +
        'allowed lateness early. Late events of those minutes are left out of the live numbers.'
      );
  }
}

function rateMessage(
  rule: AlertRule,
  where: string,
  { value, attempts, pendingMinute, minute }: Cause,
): string {
  const span = minute - pendingMinute + 1;
  const when =
    span === 1
      ? `in the minute from ${clock(minute)}`
      : `in ${counted(rule.windows, 'minute')} in a row up to ${clock(minute + 1)}`;
  const downloads = counted(attempts ?? 0, 'download');
  if (rule.metric === 'success_rate') {
    const share = value === 0 ? `none of ${downloads}` : `only ${percent(value, Math.floor)} of ${downloads}`;
    return `Downloads are failing in ${where}: ${share} succeeded ${when} (the limit is ${limit(rule)}).`;
  }
  const share = value === 1 ? `all of ${downloads}` : `${percent(value, Math.ceil)} of ${downloads}`;
  return `Downloads are failing in ${where}: ${share} failed ${when} (at most ${limit(rule)}).`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Rounded away from the limit: what is in breach must not read as if it were at it. */
function percent(share: number, round: (value: number) => number): string {
  const nudge = round === Math.floor ? 1e-9 : -1e-9;
  return `${(round(share * 1000 + nudge) / 10).toFixed(1)} %`;
}

const limit = ({ threshold }: AlertRule): string => percent(threshold, Math.round);

const clock = (minute: number): string =>
  `${new Date(minuteStartMs(minute)).toISOString().slice(11, 16)} UTC`;
