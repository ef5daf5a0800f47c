/** Of the address: whether the page is a kiosk, and what it goes on to. */

/** How a screen shows a page is not what it shows: they are in no saved view. */
export const kioskParameters = ['kiosk', 'rotate', 'of'] as const;

/** Nobody reads faster; and a screen that has not moved for an hour was not meant to. */
const everyMsMin = 5_000;
const everyMsMax = 3_600_000;

interface Rotation {
  /** Null where it stays. */
  readonly everyMs: number | null;
  readonly of: 'regions' | 'views';
}

/** `rotate=20s` or `2m`; regions are those of the Live view. */
export function rotation(asked: URLSearchParams, pathname: string): Rotation {
  const [, digits, unit] = /^(\d{1,4})(s|m)$/.exec(asked.get('rotate') ?? '') ?? [];
  const wantedMs = Number(digits) * (unit === 'm' ? 60_000 : 1_000);
  const of = asked.get('of') === 'views' || pathname !== '/' ? 'views' : 'regions';
  return { everyMs: digits ? Math.min(everyMsMax, Math.max(everyMsMin, wantedMs)) : null, of };
}
