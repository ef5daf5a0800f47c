import type { RegionEntry } from './region.ts';

const namesListed = 5;
const directories = new WeakMap<readonly RegionEntry[], RegionDirectory>();

/** The registry as the door needs it: by name, and by distance from a place. */
export class RegionDirectory {
  readonly #byName: ReadonlyMap<string, RegionEntry>;
  readonly #entries: readonly RegionEntry[];

  /** The one of a list, made once: a request does not read the registry anew. */
  static of(entries: readonly RegionEntry[]): RegionDirectory {
    const known = directories.get(entries) ?? new RegionDirectory(entries);
    directories.set(entries, known);
    return known;
  }

  constructor(entries: readonly RegionEntry[]) {
    this.#entries = entries;
    this.#byName = new Map(entries.map((entry) => [entry.name, entry]));
  }

  find(name: string): RegionEntry | undefined {
    return this.#byName.get(name);
  }

  /** A few names, for messages. */
  get examples(): string {
    const names = this.#entries.slice(0, namesListed).map((entry) => entry.name);
    return this.#entries.length > namesListed ? `${names.join(', ')} and others` : names.join(', ');
  }

  /** The region at the least great-circle distance; of equal ones the one with the lowest number. */
  nearest(latitude: number, longitude: number): RegionEntry | null {
    if (!(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) return null;
    let best: RegionEntry | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries) {
      const distance = haversine(latitude, longitude, entry.latitude, entry.longitude);
      if (distance < least || (distance === least && best !== null && entry.number < best.number)) {
        best = entry;
        least = distance;
      }
    }
    return best;
  }
}

const radians = Math.PI / 180;

/** Haversine of the angle between two places: rises with the distance, which is all that a comparison needs. */
function haversine(latitudeA: number, longitudeA: number, latitudeB: number, longitudeB: number): number {
  const byLatitude = Math.sin(((latitudeB - latitudeA) * radians) / 2) ** 2;
  const byLongitude = Math.sin(((longitudeB - longitudeA) * radians) / 2) ** 2;
  return byLatitude + Math.cos(latitudeA * radians) * Math.cos(latitudeB * radians) * byLongitude;
}
