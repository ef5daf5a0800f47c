import * as say from '../text/admin-keys.ts';
import { MadeBy, State } from './ending-list.tsx';
import type { KeyAction } from './key-dialog.tsx';
import { isUsable, keyState, limitTexts } from './key-list.ts';
import { Ago, now } from './moment.tsx';
import { RegionNames } from './region-choice.tsx';
import type { KeyRow } from './rows.ts';

interface KeyTableProps {
  readonly keys: readonly KeyRow[];
  readonly act: (action: KeyAction) => void;
}

export function KeyTable({ keys, ...of }: KeyTableProps) {
  return (
    <table class="list">
      <caption class="unseen">{say.keysOfProducers}</caption>
      <thead>
        <tr>
          <th scope="col">{say.key}</th>
          <th scope="col">{say.state}</th>
          <th scope="col">{say.regions}</th>
          <th scope="col">{say.limits}</th>
          <th scope="col">{say.lastUsed}</th>
          <th scope="col">{say.made}</th>
          <th scope="col">
            <span class="unseen">{say.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <Row key={key.id} row={key} {...of} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, act }: Omit<KeyTableProps, 'keys'> & { readonly row: KeyRow }) {
  const state = keyState(row, now.value);
  const [rate, rest] = limitTexts(row);
  return (
    <tr class={isUsable(state) ? undefined : 'over'}>
      <th scope="row">
        <span class="name">{row.name}</span>
        <span class="under">
          <span>{row.account}</span> <code>{row.id}</code>
        </span>
      </th>
      <td data-label="State">
        <State row={row} />
      </td>
      <td data-label="Regions">
        <RegionNames names={row.regions} />
      </td>
      <td data-label="Limits">
        {rate}
        <span class="under">{rest}</span>
      </td>
      <td data-label="Last used">
        <Ago at={row.last_used_at} never={say.never} />
      </td>
      <td data-label="Made">
        <MadeBy row={row} />
      </td>
      <td class="acts">
        {state !== 'revoked' && (
          <button type="button" class="button" onClick={() => act({ kind: 'rotate', key: row })}>
            {say.rotate}
            <span class="unseen"> {row.name}</span>
          </button>
        )}
        {isUsable(state) && (
          <button type="button" class="button" onClick={() => act({ kind: 'revoke', key: row })}>
            {say.revoke}
            <span class="unseen"> {row.name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}
