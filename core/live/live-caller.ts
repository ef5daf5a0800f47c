/** Who is at a live connection: what the door has found out, and hands to the hub in a header of its own (ACC-5). */
import type { Person } from '../access/caller.ts';
import { masksPeople } from '../access/masks.ts';
import type { LiveScope } from './subscription.ts';

/** Set by the door after admission. What a client sends under this name never gets past it. */
export const liveCallerHeader = 'x-marquee-caller';

/** Plain data: it rests in the socket's attachment while the hub hibernates. */
export interface LiveCaller {
  readonly personId: string;
  /** Null where it is no session that admitted. */
  readonly sessionId: string | null;
  /** When the connection ends at the latest, ms; null for never. */
  readonly endsAtMs: number | null;
  readonly scope: LiveScope;
}

/** `recheckMs`: a credential that cannot be looked up again holds no longer than that. */
export function liveCallerOf(person: Person, nowMs: number, recheckMs: number): LiveCaller {
  const { id, role, regions, sessionId, expiresAtMs } = person;
  const shownAgainAtMs = sessionId === null ? nowMs + recheckMs : null;
  const ends = [expiresAtMs, shownAgainAtMs].filter((at) => at !== null);
  return {
    personId: id,
    sessionId,
    endsAtMs: ends.length === 0 ? null : Math.min(...ends),
    scope: {
      regions: regions === '*' ? regions : [...new Set(regions)].sort(),
      masksPeople: masksPeople(role),
    },
  };
}

/** As a header takes it: names of regions and people are any text. */
export function writeLiveCaller(caller: LiveCaller): string {
  return encodeURIComponent(JSON.stringify(caller));
}

/** Null where there is none: whoever comes past the door is nobody. */
export function readLiveCaller(header: string | null): LiveCaller | null {
  if (header === null) return null;
  try {
    return liveCallerFrom(JSON.parse(decodeURIComponent(header)));
  } catch {
    return null;
  }
}

/** From plain data of unknown origin, such as an attachment that another version wrote. */
export function liveCallerFrom(value: unknown): LiveCaller | null {
  const fields = fieldsOf(value);
  const [personId, sessionId, endsAtMs] = ['personId', 'sessionId', 'endsAtMs'].map((name) =>
    fields.get(name),
  );
  const scope = scopeFrom(fields.get('scope'));
  if (typeof personId !== 'string' || scope === null) return null;
  if (sessionId !== null && typeof sessionId !== 'string') return null;
  if (endsAtMs !== null && typeof endsAtMs !== 'number') return null;
  return { personId, sessionId, endsAtMs, scope };
}

function scopeFrom(value: unknown): LiveScope | null {
  const fields = fieldsOf(value);
  const [regions, masksPeople] = ['regions', 'masksPeople'].map((name) => fields.get(name));
  if (typeof masksPeople !== 'boolean') return null;
  if (regions === '*') return { regions, masksPeople };
  const isNames = Array.isArray(regions) && regions.every((name) => typeof name === 'string');
  return isNames ? { regions, masksPeople } : null;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}
