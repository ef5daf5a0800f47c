/** The embeds of all, as an admin sees them. */
import { plural } from './plural.ts';

export const theEmbeds = 'The embeds';
export const activeEmbeds = (count: number): string =>
  count === 0 ? 'No active embeds' : `${count} active ${plural(count, 'embed', 'embeds')}`;
export const embedsRemark = 'What pages of other sites show of the live numbers.';
export const noEmbedsYet = 'No embeds yet';
export const embedsHint = 'One is made on the Live view, from the menu of a panel.';
export const nameOrId = 'Name or id';
export const noEmbedIsLikeThat = 'No embed is like that';
export const embed = 'Embed';
export const sites = 'Sites';
export const listedSites = 'those of the service';
export const endsForAll = 'Whoever shows it sees nothing more within 10 s, live at once. It is for good.';
export const revokeTheEmbed = 'Revoke the embed';
export const embedIsRevoked = (name: string): string => `The embed ${name} is revoked.`;
