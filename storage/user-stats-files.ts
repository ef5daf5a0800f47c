/** Files of users that older runs over a day have left (BAT-4). */

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

/** Names of objects with a prefix, as R2 lists them: a thousand at a time. */
async function* listNames(bucket: R2Bucket, prefix: string): AsyncGenerator<string[]> {
  let cursor: string | undefined;
  do {
    const found = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    yield found.objects.map(({ key }) => key);
    cursor = found.truncated ? found.cursor : undefined;
  } while (cursor !== undefined);
}
