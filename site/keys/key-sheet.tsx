/** The keys of the page that it is opened on. */
import * as say from '../text/frame.ts';
import './key-sheet.css';
import { closeRow, openDialog } from '../admin/open-dialog.tsx';
import { type Key, keyGroups, keyList } from './key-list.ts';

export function openKeySheet(): void {
  const shown = keyList.peek().filter(({ when }) => when?.() !== false);
  openDialog(say.keys, (close) => (
    <>
      <div class="key-groups">
        {keyGroups.map((group) => (
          <Group key={group} group={group} keys={shown.filter((key) => key.group === group)} />
        ))}
      </div>
      {closeRow(close)}
    </>
  ));
}

interface GroupProps {
  readonly group: string;
  readonly keys: readonly Key[];
}

function Group({ group, keys }: GroupProps) {
  // Two charts have the same keys.
  const meanings = new Map(keys.map((key) => [key.meaning, key]));
  if (meanings.size === 0) return null;
  return (
    <section>
      <h3>{group}</h3>
      <dl class="key-list">
        {[...meanings.values()].map(({ keys: ways, meaning }) => (
          <div key={meaning}>
            <dt>
              {ways.map((way) => (
                <span key={way}>
                  {partsOf(way).map((part) => (
                    <kbd key={part}>{names[part] ?? part}</kbd>
                  ))}
                </span>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const names: Readonly<Record<string, string>> = {
  ' ': say.space,
  Escape: say.esc,
  ArrowLeft: say.left,
  ArrowRight: say.right,
  ArrowUp: say.up,
  ArrowDown: say.down,
  PageUp: say.pageUp,
  PageDown: say.pageDown,
};

const partsOf = (way: string): readonly string[] => (way === ' ' ? [way] : way.split(' '));
