/** The pages of an admin in one bundle: they share most of what they are made of, and apart they weigh a third more. */
import { openAudit } from './audit-page.tsx';
import { openEmbedList } from './embeds-page.tsx';
import { openKeys } from './keys-page.tsx';
import { openPeople } from './people-page.tsx';
import { openAccounts } from './reconcile-page.tsx';

const pages: Readonly<Record<string, () => void>> = {
  keys: openKeys,
  people: openPeople,
  embeds: openEmbedList,
  audit: openAudit,
  reconcile: openAccounts,
};

pages[location.pathname.split('/').at(-1) ?? '']?.();
