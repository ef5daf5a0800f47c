/** In the language of the texts, as all words are. */
const names = new Intl.DisplayNames('en', { type: 'region' });

/** "Germany" of DE; the code of what is none. */
export const countryName = (code: string): string => names.of(code) ?? code;
