import { agoFigure } from '../format/time.ts';
import { Mark, type MarkKind } from '../panels/mark.tsx';
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
      <caption class="unseen">Keys of producers</caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">State</th>
          <th scope="col">Regions</th>
          <th scope="col">Limits</th>
          <th scope="col">Last used</th>
          <th scope="col">Made</th>
          <th scope="col">
            <span class="unseen">Actions</span>
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
        <Ago at={row.last_used_at} never="never" />
      </td>
      <td data-label="Made">
        <Day at={row.created_at} />
        <span class="under">by {nameOf(row.created_by)}</span>
      </td>
      <td class="acts">
        {state !== 'revoked' && (
          <button type="button" class="button" onClick={() => act({ kind: 'rotate', key: row })}>
            Rotate<span class="unseen"> {row.name}</span>
          </button>
        )}
        {isUsable(state) && (
          <button type="button" class="button" onClick={() => act({ kind: 'revoke', key: row })}>
            Revoke<span class="unseen"> {row.name}</span>
          </button>
        )}
      </td>
    </tr>
  );
}

const looks: Readonly<Record<KeyState, readonly [MarkKind, string]>> = {
  active: ['healthy', 'Active'],
  soon: ['warning', 'Expires soon'],
  expired: ['idle', 'Expired'],
  revoked: ['down', 'Revoked'],
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
  return `ends in ${text}\u202f${unit}`;
}
