import * as say from '../text/admin-keys.ts';
import './table.css';
import { signal } from '@preact/signals';
import { startPage, Title } from './admin-page.tsx';
import { type KeyAction, KeyDialog } from './key-dialog.tsx';
import { countOf, keyState, keyStates, keysHeadline, keysRemark, shownKeys } from './key-list.ts';
import { KeyTable } from './key-table.tsx';
import { ListBar } from './list-bar.tsx';
import { filterOf, searchOf } from './list-filter.ts';
import { now } from './moment.tsx';
import { Resource } from './resource.ts';
import type { KeyRow, Listed, PersonRow } from './rows.ts';
import { Bones, Empty, Failed } from './waiting.tsx';

/** So that a key's last use is seen to move. */
const reloadEveryMs = 20_000;
const stateWords = {
  active: say.active,
  soon: say.expiring,
  expired: say.expired,
  revoked: say.revoked,
} as const;

const keys = new Resource<Listed<KeyRow>>('/api/admin/keys');
/** For the names of who made them; without them their ids are shown. */
const people = new Resource<Listed<PersonRow>>('/api/admin/people');
const filter = signal(filterOf(location.search, keyStates));
const action = signal<KeyAction | null>(null);

function Keys() {
  const rows = keys.value.value?.data;
  const make = (
    <button type="button" class="button primary" onClick={() => (action.value = { kind: 'make' })}>
      {say.makeAKey}
    </button>
  );
  return (
    <>
      <Title
        title={rows ? keysHeadline(rows, now.value) : say.producerKeys}
        remark={rows ? keysRemark(rows, now.value) : say.byAKeyAProducerSendsEvents}
      >
        {rows && rows.length > 0 && make}
      </Title>
      <Failed what={say.theKeys} failure={keys.failure.value} retry={() => void keys.load()} />
      {!rows && !keys.failure.value && <Bones />}
      {rows?.length === 0 && (
        <Empty title={say.nothingCanBeSentYet}>
          <p>{say.firstKeyHint}</p>
          {make}
        </Empty>
      )}
      {rows && rows.length > 0 && <List rows={rows} />}
      {action.value && (
        <KeyDialog
          action={action.value}
          changed={keys.load}
          close={() => {
            action.value = null;
          }}
        />
      )}
    </>
  );
}

function List({ rows }: { readonly rows: readonly KeyRow[] }) {
  const { state, text } = filter.value;
  const nowMs = now.value;
  const shown = shownKeys(rows, filter.value, nowMs);
  const names = new Map(people.value.value?.data.map(({ id, name }) => [id, name]));
  const set = (next: typeof filter.value): void => {
    filter.value = next;
    history.replaceState(null, '', location.pathname + searchOf(next));
  };
  return (
    <>
      <ListBar
        label={say.nameAccountOrId}
        text={text}
        chosen={state}
        set={set}
        states={[null, ...keyStates].map((one) => ({
          state: one,
          word: one === null ? say.all : stateWords[one],
          count: countOf(rows, one, nowMs),
        }))}
      />
      {shown.length > 0 ? (
        <KeyTable
          keys={shown}
          stateOf={(key) => keyState(key, nowMs)}
          nameOf={(id) => names.get(id) ?? id}
          act={(asked) => (action.value = asked)}
        />
      ) : (
        <Empty title={say.noKeyIsLikeThat}>
          <button type="button" class="button" onClick={() => set({ state: null, text: '' })}>
            {say.showAll(rows.length)}
          </button>
        </Empty>
      )}
    </>
  );
}

export function openKeys(): void {
  void keys.load();
  void people.load();
  setInterval(() => {
    if (!document.hidden) void keys.load();
  }, reloadEveryMs);
  startPage('keys', <Keys />);
}
