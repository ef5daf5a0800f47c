/**
 * Where to go after the sign-in: the path that `?then=` asks for if it is one of this site, else the live view. The
 * address comes from whoever made the link, so it decides nothing but a path: no other site, no script, no way around.
 */
export function returnAddress(then: string | null, origin: string): string {
  const live = '/';
  if (then?.startsWith('/') !== true || !URL.canParse(then, origin)) return live;
  const { origin: asked, pathname, search, hash } = new URL(then, origin);
  // A browser reads `//host` and `/\host` as another site, also where dots or line breaks were in between.
  if (asked !== origin || pathname.startsWith('//')) return live;
  return pathname === '/sign-in' ? live : pathname + search + hash;
}
