/** Time zones by their IANA names. */
export const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
};

const dayMs = 86_400_000;

/** By how much the clocks of a zone are ahead of UTC at a time, ms. */
export function zoneOffsetMs(zone: string, ms: number): number {
  const local = new Date(ms).toLocaleString('sv', { timeZone: zone });
  return Date.parse(`${local.replace(' ', 'T')}Z`) - Math.floor(ms / 1000) * 1000;
}

/** "2026-11-21T16:20" of a zone's clocks, as fields for a time have it. */
export const localText = (zone: string, ms: number): string =>
  new Date(ms + zoneOffsetMs(zone, ms)).toISOString().slice(0, 16);

/** The other way; NaN for what is no time. */
export function msOfLocal(zone: string, text: string): number {
  const local = Date.parse(`${text}Z`);
  return Number.isNaN(local) ? local : local - zoneOffsetMs(zone, local - zoneOffsetMs(zone, local));
}

/** Start of the zone's day that a time is in, ms. */
export function midnightIn(zone: string, ms: number): number {
  const midnight = Math.floor((ms + zoneOffsetMs(zone, ms)) / dayMs) * dayMs;
  // Clocks may have changed since.
  return midnight - zoneOffsetMs(zone, midnight - zoneOffsetMs(zone, ms));
}
