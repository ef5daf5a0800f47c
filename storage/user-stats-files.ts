/** Files of users that older runs over a day have left (BAT-4). */
import { listNames } from './list-names.ts';

const ofRun = /\/part-(\d+)-(\d+)-\d+\.parquet$/;

/** Deletes the files of a day that were made of fewer hours or older ones than stand now. */
export async function deleteUserStatsBefore(
  bucket: R2Bucket,
  folder: string,
  standing: { readonly hours: number; readonly generations: number },
): Promise<void> {
  for await (const names of listNames(bucket, folder)) {
    const older = names.filter((name) => {
      const [hours = 0, generations = 0] = (ofRun.exec(name)?.slice(1) ?? []).map(Number);
      return hours < standing.hours || generations < standing.generations;
    });
    if (older.length > 0) await bucket.delete(older);
  }
}
