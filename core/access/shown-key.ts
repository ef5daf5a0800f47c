/**
 * The text that a sender of events shows as its key, whatever it is: `Authorization: Bearer KEY`, or `?key=KEY` for
 * players that cannot set a header. The header wins; an empty one of either counts as none. Null where there is none.
 */
export function shownKey(headers: Pick<Headers, 'get'>, url: string): string | null {
  const [, bearer = ''] = /^bearer(?:\s+(.*))?$/is.exec(headers.get('authorization')?.trim() ?? '') ?? [];
  if (bearer.trim() !== '') return bearer.trim();
  return new URL(url).searchParams.get('key') || null;
}
