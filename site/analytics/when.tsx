/** A time in the zone that the page shows. */
import { zoneTimeText } from '../format/date.ts';
import { asked } from './warehouse.ts';

export function When({ at }: { readonly at: string }) {
  return (
    <time dateTime={at} title={at}>
      {zoneTimeText(at, asked.value.tz ?? 'UTC')}
    </time>
  );
}
