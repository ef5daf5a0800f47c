import { type PersonRole, personRoles } from '../core/access/caller.ts';
import { StoredDataError } from './stored-data-error.ts';

/** Reads the regions of a row: JSON names, or null for all. Throws StoredDataError where they are neither. */
export function readRegions(table: string, id: string, json: string | null): readonly string[] | '*' {
  if (json === null) return '*';
  const names = parsed(json);
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names;
  throw new StoredDataError(table, id, 'regions are no list of names');
}

/** D1 holds to no list of values: a role that this version does not know must not pass for one that it does. */
export function readRole(table: string, id: string, role: string): PersonRole {
  const known = personRoles.find((name) => name === role);
  if (!known) throw new StoredDataError(table, id, 'there is no such role');
  return known;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
