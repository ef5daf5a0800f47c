import * as say from '../text/admin-people.ts';
import './table.css';
import { signal } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import { Mark } from '../panels/mark.tsx';
import { startPage, Title } from './admin-page.tsx';
import { ListBar } from './list-bar.tsx';
import { filterOf, searchOf } from './list-filter.ts';
import { Ago, Day } from './moment.tsx';
import { peopleHeadline, peopleRemark, personState, personStates, shownPeople } from './people-list.ts';
import { type PersonAction, PersonDialog } from './person-dialog.tsx';
import { RegionNames } from './region-choice.tsx';
import { Resource } from './resource.ts';
import type { Listed, PersonRow } from './rows.ts';
import { Bones, Empty, Failed } from './waiting.tsx';

const people = new Resource<Listed<PersonRow>>('/api/admin/people');
const filter = signal(filterOf(location.search, personStates));
const action = signal<PersonAction | null>(null);

function People() {
  const rows = people.value.value?.data;
  const add = (
    <button type="button" class="button primary" onClick={() => (action.value = { kind: 'add' })}>
      {say.addAPerson}
    </button>
  );
  return (
    <>
      <Title
        title={rows ? peopleHeadline(rows) : say.people}
        remark={rows ? peopleRemark(rows) : say.peopleRemark}
      >
        {rows && rows.length > 0 && add}
      </Title>
      <Failed what={say.thePeople} failure={people.failure.value} retry={() => void people.load()} />
      {!rows && !people.failure.value && <Bones />}
      {rows?.length === 0 && (
        <Empty title={say.nobodyIsInTheList}>
          <p>{say.otherIssuerHint}</p>
          {add}
        </Empty>
      )}
      {rows && rows.length > 0 && <List rows={rows} />}
      {action.value && (
        <PersonDialog
          action={action.value}
          changed={people.load}
          close={() => {
            action.value = null;
          }}
        />
      )}
    </>
  );
}

function List({ rows }: { readonly rows: readonly PersonRow[] }) {
  const { state, text } = filter.value;
  const shown = shownPeople(rows, filter.value);
  const set = (next: typeof filter.value): void => {
    filter.value = next;
    history.replaceState(null, '', location.pathname + searchOf(next));
  };
  const count = (wanted: string): number => rows.filter((row) => personState(row) === wanted).length;
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  return (
    <>
      <ListBar
        label={say.peopleSearch}
        text={text}
        chosen={state}
        set={set}
        states={[
          { state: null, word: say.all, count: rows.length },
          { state: 'active', word: say.active, count: count('active') },
          { state: 'disabled', word: say.disabled, count: count('disabled') },
        ]}
      />
      {shown.length > 0 ? (
        <table class="list">
          <caption class="unseen">{say.people}</caption>
          <thead>
            <tr>
              <th scope="col">{say.person}</th>
              <th scope="col">{say.role}</th>
              <th scope="col">{say.regions}</th>
              <th scope="col">{say.signsIn}</th>
              <th scope="col">{say.lastSignIn}</th>
              <th scope="col">{say.added}</th>
              <th scope="col">
                <span class="unseen">{say.actions}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <Row key={row.id} row={row} by={names.get(row.created_by) ?? row.created_by} />
            ))}
          </tbody>
        </table>
      ) : (
        <Empty title={say.nobodyIsLikeThat}>
          <button type="button" class="button" onClick={() => set({ state: null, text: '' })}>
            {say.showAll(rows.length)}
          </button>
        </Empty>
      )}
    </>
  );
}

function Row({ row, by }: { readonly row: PersonRow; readonly by: string }) {
  const isSelf = currentIdentity.value?.id === row.id;
  const isDisabled = row.disabled_at !== null;
  return (
    <tr class={isDisabled ? 'over' : undefined}>
      <th scope="row">
        <span class="name">
          {row.name} {isSelf && <span class="tag">{say.you}</span>}
        </span>
        <span class="under">
          {row.email !== null && <span>{row.email}</span>} <code>{row.id}</code>
        </span>
      </th>
      <td data-label="Role">{row.role}</td>
      <td data-label="Regions">
        <RegionNames names={row.regions} />
      </td>
      <td data-label="Signs in">
        <span class={`state state-${isDisabled ? 'revoked' : 'active'}`}>
          <Mark kind={isDisabled ? 'down' : row.has_token ? 'healthy' : 'idle'} size={10} />
          {isDisabled ? say.disabled : row.has_token ? say.byLink : say.noLink}
        </span>
        {row.disabled_at !== null && (
          <span class="under">
            <Ago at={row.disabled_at} never="" />
          </span>
        )}
      </td>
      <td data-label="Last sign-in">
        <Ago at={row.last_seen_at} never={say.never} />
      </td>
      <td data-label="Added">
        <Day at={row.created_at} />
        <span class="under">{say.by(by)}</span>
      </td>
      <td class="acts">
        {!isDisabled && (
          <button
            type="button"
            class="button"
            onClick={() => (action.value = { kind: 'renew', person: row })}
          >
            {say.newLink}
            <span class="unseen"> {say.forPerson(row.name)}</span>
          </button>
        )}
        {!isDisabled && !isSelf && (
          <button
            type="button"
            class="button"
            onClick={() => (action.value = { kind: 'disable', person: row })}
          >
            {say.disable}
            <span class="unseen"> {row.name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

export function openPeople(): void {
  void people.load();
  startPage('people', <People />);
}
