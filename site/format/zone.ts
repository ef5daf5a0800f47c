/** Time zones by their IANA names. */
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

/** Start of the zone's day that a time is in, ms. */
export function midnightIn(zone: string, ms: number): number {
  const midnight = Math.floor((ms + zoneOffsetMs(zone, ms)) / dayMs) * dayMs;
  // Clocks may have changed since.
  return midnight - zoneOffsetMs(zone, midnight - zoneOffsetMs(zone, ms));
}
