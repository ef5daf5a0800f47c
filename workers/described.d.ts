/**
 * Whether routes are described: true where the reference and tests are made, and replaced by false when the Worker is
 * bundled (`define` in wrangler.toml), which then carries no text that it never tells. Typed as true, so that
 * `DESCRIBED && {…}` is what stands behind it. The same stands before a schema that only describes.
 */
declare const DESCRIBED: true;
