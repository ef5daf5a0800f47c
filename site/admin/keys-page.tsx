import * as say from '../text/admin-keys.ts';
import './table.css';
import { signal } from '@preact/signals';
import { startPage, Title } from './admin-page.tsx';
import { EndingList, makers } from './ending-list.tsx';
import { type KeyAction, KeyDialog } from './key-dialog.tsx';
import { keysHeadline, keysRemark } from './key-list.ts';
import { KeyTable } from './key-table.tsx';
import { now } from './moment.tsx';
import { Resource } from './resource.ts';
import type { KeyRow, Listed } from './rows.ts';
import { Bones, Empty, Failed } from './waiting.tsx';

/** So that a key's last use is seen to move. */
const reloadEveryMs = 20_000;

const keys = new Resource<Listed<KeyRow>>('/api/admin/keys');
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
      {rows && rows.length > 0 && (
        <EndingList rows={rows} label={say.nameAccountOrId} none={say.noKeyIsLikeThat}>
          {(shown) => <KeyTable keys={shown} act={(asked) => (action.value = asked)} />}
        </EndingList>
      )}
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

export function openKeys(): void {
  void keys.load();
  void makers.load();
  setInterval(() => {
    if (!document.hidden) void keys.load();
  }, reloadEveryMs);
  startPage('keys', <Keys />);
}
