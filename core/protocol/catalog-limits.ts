/** Caps of the catalogue, as limits.ts has those of the rest: each with its reason. */

/** Films of one bulk request: a catalogue of thousands is an import. */
export const catalogMoviesMax = 1_000;
/** Its body: a thousand films at some 1 KB each, twice over. */
export const catalogBytesMax = 2 * 1024 * 1024;
/** Films of a page, and names that one question may ask for: analyticsPageMax is the same of figures. */
export const catalogPageMax = 200;
/** Regions of the registry: live frames hold each of them, and a hub asks every one. */
export const catalogRegionsMax = 256;
/** How long an isolate takes titles for what the catalogue says (CAT-3). */
export const catalogTitleCacheMs = 30_000;
/** Titles that an isolate keeps so: some 300 B each. */
export const catalogTitlesCachedMax = 5_000;
