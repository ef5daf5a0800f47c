/** Which form of a word goes with a number, by the rules of the language that these texts are in. */
const rules = new Intl.PluralRules('en');

/** A language with more forms than two takes more of them here. */
export const plural = (count: number, one: string, other: string): string =>
  rules.select(count) === 'one' ? one : other;
