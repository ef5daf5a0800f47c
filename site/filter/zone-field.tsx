import { isZone, ownZone } from '../format/zone.ts';
import * as say from '../text/time.ts';

interface ZoneFieldProps {
  readonly zone: string;
  readonly choose: (zone: string) => void;
}

/** Any zone by its name; what is none is not taken. */
export function ZoneField({ zone, choose }: ZoneFieldProps) {
  return (
    <>
      <input
        class="zone"
        aria-label={say.timeZone}
        list="zones"
        value={zone}
        onFocus={({ currentTarget }) => currentTarget.select()}
        onChange={({ currentTarget }) => {
          const next = currentTarget.value.trim() || ownZone;
          if (isZone(next)) choose(next);
          else currentTarget.value = zone;
        }}
      />
      <datalist id="zones">
        {[...new Set([ownZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
