import { agoFigure } from '../format/time.ts';
import { Mark, type MarkKind } from '../panels/mark.tsx';
import * as say from '../text/admin-keys.ts';
import type { KeyAction } from './key-dialog.tsx';
import { isUsable, type KeyState, limitTexts } from './key-list.ts';
import { Ago, agoText, Day, exactText, now } from './moment.tsx';
import { RegionNames } from './region-choice.tsx';
import type { KeyRow } from './rows.ts';

interface KeyTableProps {
  readonly keys: readonly KeyRow[];
  readonly stateOf: (key: KeyRow) => KeyState;
  readonly nameOf: (personId: string) => string;
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

function Row({ row, stateOf, nameOf, act }: Omit<KeyTableProps, 'keys'> & { readonly row: KeyRow }) {
  const state = stateOf(row);
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
        <State row={row} state={state} />
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
        <Day at={row.created_at} />
        <span class="under">{say.by(nameOf(row.created_by))}</span>
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

const looks: Readonly<Record<KeyState, readonly [MarkKind, string]>> = {
  active: ['healthy', say.active],
  soon: ['warning', say.expiresSoon],
  expired: ['idle', say.expired],
  revoked: ['down', say.revoked],
};

function State({ row, state }: { readonly row: KeyRow; readonly state: KeyState }) {
  const [mark, word] = looks[state];
  const at = row.revoked_at ?? row.expires_at;
  return (
    <>
      <span class={`state state-${state}`}>
        <Mark kind={mark} size={10} />
        {word}
      </span>
      {at !== null && (
        <time class="under" dateTime={at} title={exactText(at)}>
          {isUsable(state) ? leftText(Date.parse(at) - now.value) : agoText(Date.parse(at), now.value)}
        </time>
      )}
    </>
  );
}

function leftText(ms: number): string {
  const { text, unit } = agoFigure(ms);
  return say.endsIn(text, unit);
}
