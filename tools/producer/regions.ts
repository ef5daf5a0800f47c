// The regions that ship with the product (a test holds them against the migration), with what the producer needs to
// know of each: its share of the traffic, its clock, and where its viewers live.

export interface TrafficRegion {
  readonly name: string;
  /** Relative to the others. */
  readonly weight: number;
  /** Offset of local time, for the shape of the day. */
  readonly utcOffsetHours: number;
  readonly countries: readonly (readonly [code: string, weight: number])[];
}

const row = (
  name: string,
  weight: number,
  utcOffsetHours: number,
  ...countries: readonly (readonly [string, number])[]
): TrafficRegion => ({ name, weight, utcOffsetHours, countries });

export const trafficRegions: readonly TrafficRegion[] = [
  row('US-California', 16, -8, ['US', 90], ['MX', 6], ['CA', 4]),
  row('US-Virginia', 15, -5, ['US', 90], ['CA', 10]),
  row('US-Texas', 9, -6, ['US', 85], ['MX', 15]),
  row('EU-London', 12, 0, ['GB', 85], ['IE', 15]),
  row('EU-Frankfurt', 11, 1, ['DE', 65], ['PL', 17], ['AT', 9], ['CH', 9]),
  row('EU-Paris', 8, 1, ['FR', 70], ['ES', 20], ['BE', 10]),
  row('ASIA-Tokyo', 8, 9, ['JP', 94], ['KR', 6]),
  row('ASIA-Mumbai', 8, 5.5, ['IN', 100]),
  row('ASIA-Singapore', 4, 8, ['SG', 40], ['ID', 35], ['MY', 25]),
  row('SA-SaoPaulo', 4, -3, ['BR', 90], ['AR', 10]),
  row('AF-Johannesburg', 2, 2, ['ZA', 80], ['KE', 20]),
  row('OC-Sydney', 3, 10, ['AU', 85], ['NZ', 15]),
];
