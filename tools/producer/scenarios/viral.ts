import { buildCatalogue } from '../catalogue.ts';
import { Random } from '../random.ts';
import { isWithin, type Scenario, type Span, spanText } from '../scenario.ts';

/** Of all views and downloads, once the title is known everywhere. */
const shareMax = 0.5;
const rampMs = 60_000;
/** The title comes from behind the well-known ones, so that its rise can be seen. */
const knownTitles = 30;

/** A film is taken instead of half of what else would be watched or downloaded, in all regions. */
export function viral(seed: number, span: Span): Scenario {
  const films = buildCatalogue(seed).titles.filter(({ contentType }) => contentType === 'film');
  const hit = new Random(seed, 'viral').pick(films.slice(knownTitles));
  return {
    name: 'viral',
    story: `"${hit.title}" (${hit.id}) takes half of all views and downloads ${spanText(span)}`,
    chooseTitle(title, atMs, key) {
      if (!isWithin(span, atMs)) return title;
      const share = shareMax * Math.min(1, (atMs - span.fromMs) / rampMs);
      return new Random(seed, 'viral', key).chance(share) ? hit : title;
    },
  };
}
