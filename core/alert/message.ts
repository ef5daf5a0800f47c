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
  const [what, limit] =
    rule.metric === 'success_rate'
      ? [`only ${percent(value)} of ${counted(attempts ?? 0, 'download')} succeeded`, 'the limit is']
      : [`${percent(value)} of ${counted(attempts ?? 0, 'download')} failed`, 'at most'];
  return `Downloads are failing in ${where}: ${what} ${when} (${limit} ${percent(rule.threshold)}).`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const clock = (minute: number): string =>
  `${new Date(minuteStartMs(minute)).toISOString().slice(11, 16)} UTC`;
