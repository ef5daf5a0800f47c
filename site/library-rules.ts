/** How a build leaves out what a library does for others: by answering the questions that it asks. */

/** What the library asks, and what is always true here. */
export type Rule = readonly [asked: string | RegExp, answer: string];

/** A rule that finds nothing stops the build: the library is another than the one that `source` was written for. */
export function answered(code: string, rules: readonly Rule[], source: string): string {
  return rules.reduce((text, [asked, answer]) => {
    const next = text.replace(asked, answer);
    if (next === text) throw new Error(`Nothing is asked like ${asked}: see ${source}`);
    return next;
  }, code);
}
