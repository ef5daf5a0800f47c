/** Removes what older runs over an hour have left in R2 (SES-5). */
import type { SessionHour, SessionMark } from '../../core/warehouse/session-hour.ts';
import { listNames } from '../list-names.ts';
import { dayOfFile, openFolder, openPrefix, sessionsFilePrefix, sessionsFolder } from './session-files.ts';

/** `standing` is what the hour's account says; sittings begin on the day of the hour, the one before, or where files are. */
export async function clearSessions(
  bucket: R2Bucket,
  { region, ...place }: SessionHour & { readonly region: string },
  standing: SessionMark & { readonly files: readonly string[] },
  before: readonly string[] = [],
): Promise<void> {
  const day = Math.floor(place.hour / 24);
  const days = new Set([day, day - 1, ...[...standing.files, ...before].map(dayOfFile)]);
  const isStanding = new Set(standing.files);
  for (const of of days) {
    const prefix = sessionsFolder(region, of) + sessionsFilePrefix(place.hour);
    await deleteWhere(bucket, prefix, (name) => !isStanding.has(name));
  }
  const own = openPrefix(place, standing);
  await deleteWhere(bucket, openFolder(place), (name) => !name.startsWith(own));
}

async function deleteWhere(
  bucket: R2Bucket,
  prefix: string,
  isWanted: (name: string) => boolean,
): Promise<void> {
  for await (const names of listNames(bucket, prefix)) {
    const wanted = names.filter(isWanted);
    if (wanted.length > 0) await bucket.delete(wanted);
  }
}
