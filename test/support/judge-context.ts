/** A registry of three regions, fixed keys and a fixed clock, for tests of the door. */
import { Identifier } from '../../core/protocol/identity.ts';
import { epochMs } from '../../core/protocol/ids.ts';
import type { RequestContext } from '../../core/protocol/judge-request.ts';
import type { RegionEntry } from '../../core/protocol/region.ts';
import { RegionDirectory } from '../../core/protocol/region-directory.ts';
import { sipKey } from '../../core/protocol/siphash.ts';

export const california: RegionEntry = {
  number: 1,
  name: 'US-California',
  continent: 'North America',
  latitude: 37.4,
  longitude: -122.1,
};
export const london: RegionEntry = {
  number: 3,
  name: 'EU-London',
  continent: 'Europe',
  latitude: 51.5,
  longitude: -0.1,
};
export const tokyo: RegionEntry = {
  number: 5,
  name: 'ASIA-Tokyo',
  continent: 'Asia',
  latitude: 35.7,
  longitude: 139.7,
};
export const directory = new RegionDirectory([california, london, tokyo]);

/** 2026-11-20T12:00:00Z. */
export const nowMs = epochMs(1_795_176_000_000);

export function testIdentifier(identityByte = 1, pseudonymByte = 2): Identifier {
  return new Identifier({
    identity: sipKey(new Uint8Array(16).fill(identityByte)),
    pseudonym: sipKey(new Uint8Array(16).fill(pseudonymByte)),
    pseudonymVersion: 1,
  });
}

export function testContext(changes: Partial<RequestContext> = {}): RequestContext {
  return {
    receivedAtMs: nowMs,
    regions: directory,
    nearest: london,
    regionScope: null,
    bytesReplaced: false,
    producer: 'local',
    identifier: testIdentifier(),
    ...changes,
  };
}

/** A view that is accepted as it is. */
export function view(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    event_id: 'e-1',
    event_type: 'view',
    timestamp: '2026-11-20T11:59:00Z',
    region: 'EU-London',
    content_id: 'c-1',
    ...changes,
  };
}
