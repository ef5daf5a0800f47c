/** A time in the zone that the page shows. */
import { asked } from './warehouse.ts';

const timeText = (at: string, zone: string): string =>
  new Date(at).toLocaleString('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });

export function When({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={at}>
      {timeText(at, asked.value.tz ?? 'UTC')}
    </time>
  );
}
