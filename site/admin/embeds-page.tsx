/** What pages of other sites may show, whoever made it: who, of which regions, where, until when; and revoking it. */
import { signal } from '@preact/signals';
import * as frame from '../text/admin.ts';
import * as say from '../text/admin-embeds.ts';
import * as words from '../text/admin-keys.ts';
import { announce, startPage, Title } from './admin-page.tsx';
import { Dialog } from './dialog.tsx';
import { EndingList, MadeBy, makers, State } from './ending-list.tsx';
import { Form } from './form.tsx';
import { countOf, isUsable, keyState } from './key-list.ts';
import { Day, now } from './moment.tsx';
import { RegionNames } from './region-choice.tsx';
import { askAdmin, Resource } from './resource.ts';
import type { EmbedRow, Listed } from './rows.ts';
import { Bones, Empty, Failed } from './waiting.tsx';

const embeds = new Resource<Listed<EmbedRow>>('/api/embeds');
/** The one that is to be revoked. */
const asked = signal<EmbedRow | null>(null);

function Embeds() {
  const rows = embeds.value.value?.data;
  return (
    <>
      <Title
        title={rows?.length ? say.activeEmbeds(countOf(rows, 'active', now.value)) : frame.embeds}
        remark={say.embedsRemark}
      />
      <Failed what={say.theEmbeds} failure={embeds.failure.value} retry={() => void embeds.load()} />
      {!rows && !embeds.failure.value && <Bones />}
      {rows?.length === 0 && (
        <Empty title={say.noEmbedsYet}>
          <p>{say.embedsHint}</p>
        </Empty>
      )}
      {rows && rows.length > 0 && (
        <EndingList rows={rows} label={say.nameOrId} none={say.noEmbedIsLikeThat}>
          {(shown) => <Table rows={shown} />}
        </EndingList>
      )}
      {asked.value && <Revoke row={asked.value} />}
    </>
  );
}

const heads = [say.embed, words.state, words.regions, say.sites, words.ends, words.made];

function Table({ rows }: { readonly rows: readonly EmbedRow[] }) {
  return (
    <table class="list">
      <caption class="unseen">{frame.embeds}</caption>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
          <th scope="col">
            <span class="unseen">{words.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row key={row.id} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { readonly row: EmbedRow }) {
  const isShown = isUsable(keyState(row, now.value));
  return (
    <tr class={isShown ? undefined : 'over'}>
      <th scope="row">
        <span class="name">{row.name}</span>
        <span class="under">
          <code>{row.id}</code>
        </span>
      </th>
      <td data-label={words.state}>
        <State row={row} />
      </td>
      <td data-label={words.regions}>
        <RegionNames names={row.regions} />
      </td>
      <td data-label={say.sites}>{row.origins.join(' ') || say.listedSites}</td>
      <td data-label={words.ends}>
        <Day at={row.expires_at} />
      </td>
      <td data-label={words.made}>
        <MadeBy row={row} />
      </td>
      <td class="acts">
        {isShown && (
          <button type="button" class="button" onClick={() => (asked.value = row)}>
            {words.revoke}
            <span class="unseen"> {row.name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

function Revoke({ row: { id, name } }: { readonly row: EmbedRow }) {
  const close = (): void => {
    asked.value = null;
  };
  const revoked = async (): Promise<void> => {
    await embeds.load();
    announce(say.embedIsRevoked(name));
    close();
  };
  return (
    <Dialog title={words.revokeQuestion(name)} close={close}>
      <p>{say.endsForAll}</p>
      <Form
        names={[]}
        submit={say.revokeTheEmbed}
        isGrave
        leave={close}
        send={() => askAdmin(`/api/embeds/${id}/revoke`, { method: 'POST' })}
        done={() => void revoked()}
      >
        {() => null}
      </Form>
    </Dialog>
  );
}

export function openEmbedList(): void {
  void embeds.load();
  void makers.load();
  startPage('embeds', <Embeds />);
}
