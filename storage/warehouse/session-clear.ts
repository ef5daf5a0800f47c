/**
 * Removes what other runs over an hour have left in R2 (SES-5). A run removes what was there when it took the hour, and its
 * own where another has taken it since: never what it does not know, which may be of a run that is newer than itself.
 */
import type { SessionHour, SessionMark } from '../../core/warehouse/session-hour.ts';
import { listNames } from '../list-names.ts';
import {
  dayOfFile,
  isSessionsFile,
  openFolder,
  openPrefix,
  sessionsFilePrefix,
  sessionsFolder,
} from './session-files.ts';

interface RegionHour extends SessionHour {
  readonly region: string;
}

/** The hour's objects: sittings begin on its day, the one before, or where `known` files are. */
export async function listHour(
  bucket: R2Bucket,
  { region, ...place }: RegionHour,
  known: readonly string[],
): Promise<string[]> {
  const day = Math.floor(place.hour / 24);
  const days = [...new Set([day, day - 1, ...known.filter(isSessionsFile).map(dayOfFile)])];
  const folders = days.map((of) => sessionsFolder(region, of) + sessionsFilePrefix(place.hour));
  const names: string[] = [];
  for (const prefix of [...folders, openFolder(place)])
    for await (const found of listNames(bucket, prefix)) names.push(...found);
  return names;
}

/** Of these objects of the hour, those that do not stand. */
export async function clearHour(
  bucket: R2Bucket,
  place: SessionHour,
  standing: (SessionMark & { readonly files: readonly string[] }) | null,
  names: readonly string[],
): Promise<void> {
  const files = new Set(standing?.files);
  const open = standing && openPrefix(place, standing);
  const over = [...new Set(names)].filter(
    (name) => !files.has(name) && (open === null || !name.startsWith(open)),
  );
  if (over.length > 0) await bucket.delete(over);
}
