/** Embeds: the dialog in which they are made, and the page that is shown in another. */

export const looks = 'Looks';
export const withoutAGround = 'Without a ground';
export const copyItNow =
  'Copy it now: the token in it is not shown again. Who sees the page can read its regions until it ends.';
export const embedsThatStand = 'Embeds that stand';
export const untilDay = (end: string): string => `, until ${end}`;
export const takeBack = 'Take back';
export const embedOf = (title: string): string => `Embed: ${title}`;
export const asTheVisitorHasIt = 'As the visitor has it';
export const light = 'Light';
export const dark = 'Dark';
export const makeTheEmbed = 'Make the embed';
export const name = 'Name';
export const nameHint = 'Where it will stand.';
export const regionsThatItReads = 'Regions that it reads';
export const sitesThatMayShowIt = 'Sites that may show it';
export const originExample = 'https://wiki.example';
export const originsHint = 'With a space between. None: those that the service lists.';
export const ends = 'Ends';
export const frameCode = (source: string): string =>
  `<iframe title="Live numbers" width="760" height="420" style="border: 0; color-scheme: light" src="${source}"></iframe>`;
export const inThePage = 'In the page';
export const allRegions = 'All regions';
