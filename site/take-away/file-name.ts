/** `marquee-live-last-hour-EU-London-20261121T101500Z.csv`: what it holds, of which filter, as of when. */
export function fileName(parts: readonly string[], at: Date, kind: 'csv' | 'png'): string {
  const time = `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
  const words = ['marquee', ...parts, time].map((part) => part.replaceAll(/[^\p{L}\p{N}]+/gu, '-'));
  return `${words
    .map((word) => word.replaceAll(/^-|-$/g, ''))
    .filter(Boolean)
    .join('-')
    .slice(0, 120)}.${kind}`;
}
