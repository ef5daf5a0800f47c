/** A list of what ends or is revoked, keys and embeds: searched, narrowed to a state, with who made each. */
import { exactText } from '../format/date.ts';
import './table.css';
import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { agoFigure } from '../format/time.ts';
import { Mark, type MarkKind } from '../panels/mark.tsx';
import * as say from '../text/admin-keys.ts';
import {
  countOf,
  type EndingRow,
  isUsable,
  type KeyState,
  keyState,
  keyStates,
  shownKeys,
} from './key-list.ts';
import { ListBar } from './list-bar.tsx';
import { filterOf, searchOf } from './list-filter.ts';
import { agoText, Day, now } from './moment.tsx';
import { Resource } from './resource.ts';
import type { Listed, PersonRow } from './rows.ts';
import { Empty } from './waiting.tsx';

/** For the names of who made them; without them their ids are shown. */
export const makers = new Resource<Listed<PersonRow>>('/api/admin/people');
const filter = signal(filterOf(location.search, keyStates));
const stateWords = {
  active: say.active,
  soon: say.expiring,
  expired: say.expired,
  revoked: say.revoked,
} as const;

interface EndingListProps<Row extends EndingRow> {
  readonly rows: readonly Row[];
  /** What may be searched for. */
  readonly label: string;
  /** Said where nothing is left. */
  readonly none: string;
  readonly children: (shown: readonly Row[]) => ComponentChildren;
}

export function EndingList<Row extends EndingRow>({ rows, label, none, children }: EndingListProps<Row>) {
  const { state, text } = filter.value;
  const nowMs = now.value;
  const shown = shownKeys(rows, filter.value, nowMs);
  const set = (next: typeof filter.value): void => {
    filter.value = next;
    history.replaceState(null, '', location.pathname + searchOf(next));
  };
  return (
    <>
      <ListBar
        label={label}
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
        children(shown)
      ) : (
        <Empty title={none}>
          <button type="button" class="button" onClick={() => set({ state: null, text: '' })}>
            {say.showAll(rows.length)}
          </button>
        </Empty>
      )}
    </>
  );
}

export function MadeBy({ row: { created_at, created_by } }: { readonly row: EndingRow }) {
  const maker = makers.value.value?.data.find(({ id }) => id === created_by);
  return (
    <>
      <Day at={created_at} />
      <span class="under">{say.by(maker?.name ?? created_by)}</span>
    </>
  );
}

const looks: Readonly<Record<KeyState, readonly [MarkKind, string]>> = {
  active: ['healthy', say.active],
  soon: ['warning', say.expiresSoon],
  expired: ['idle', say.expired],
  revoked: ['down', say.revoked],
};

export function State({ row }: { readonly row: EndingRow }) {
  const state = keyState(row, now.value);
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
