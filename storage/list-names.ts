/** Names of objects with a prefix, as R2 lists them: a thousand at a time. */
export async function* listNames(bucket: R2Bucket, prefix: string): AsyncGenerator<string[]> {
  let cursor: string | undefined;
  do {
    const found = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    yield found.objects.map(({ key }) => key);
    cursor = found.truncated ? found.cursor : undefined;
  } while (cursor !== undefined);
}
