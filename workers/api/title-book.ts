import { contentsPerAnswerMax, OTHER_KEY } from '../../core/protocol/limits.ts';
import type { RangePart } from '../../storage/range-store.ts';

/** Of a window, an hour or a day. */
type TitledPart = Pick<RangePart, 'titles' | 'minute'> & { readonly minutes: number };

interface Known {
  readonly text: string | null;
  readonly minute: number;
}

interface Titled {
  readonly title: string | null;
  readonly type: string | null;
}

const unknown: Known = { text: null, minute: Number.NEGATIVE_INFINITY };

/** Titles and types of contents, last known: of the latest window; where regions differ in it, the greater text. */
export class TitleBook {
  readonly #titles = new Map<string, Known>();
  readonly #types = new Map<string, Known>();

  add({ titles, minute, minutes }: TitledPart): void {
    for (const [id, title, type] of titles) {
      note(this.#titles, id, title, minute + minutes);
      note(this.#types, id, type, minute + minutes);
    }
  }

  /** Whether title and type of each content are known, so that older windows have nothing to add. */
  knowsAll(ids: Iterable<string>): boolean {
    for (const id of ids)
      if (id !== OTHER_KEY && !(this.#titles.has(id) && this.#types.has(id))) return false;
    return true;
  }

  of(id: string): Titled {
    return { title: this.#titles.get(id)?.text ?? null, type: this.#types.get(id)?.text ?? null };
  }
}

function note(known: Map<string, Known>, id: string, text: string | null, minute: number): void {
  const held = known.get(id) ?? (known.size < contentsPerAnswerMax ? unknown : null);
  if (text === null || held === null) return;
  if (minute > held.minute || (minute === held.minute && text > (held.text ?? '')))
    known.set(id, { text, minute });
}
