/** What D1 must say at every moment while runs over hours begin, die, wait, are cancelled and overtake each other. */
import { packedKey } from '../../../core/protocol/region.ts';
import type { MadePart } from '../../support/logged-events.ts';
import type { SqliteD1 } from './sqlite-d1.ts';
import type { Stream } from './stream.ts';

interface RunRow {
  readonly id: string;
  readonly state: string;
  readonly place: string;
  readonly replay_id: string | null;
}

interface HourRow {
  readonly key: number;
  readonly generation: number;
  readonly parts: number;
  readonly run_id: string;
  readonly events: number;
}

interface WindowRow {
  readonly key: number;
  readonly generation: number;
  readonly incarnation: number;
  readonly log_row: number;
  readonly events: number;
  readonly dimensions: string;
}

const isOver = (state: string): boolean => !['waiting', 'running'].includes(state);

export class Rules {
  readonly #database: SqliteD1;
  readonly #streams: readonly Stream[];
  #runs = new Map<string, string>();
  #replays = new Map<string, string>();
  #hours = new Map<number, HourRow>();
  readonly #windows = new Map<number, WindowRow>();
  /** By hour's key and number of parts: what a recount of them says. */
  readonly #recounts = new Map<string, string>();

  constructor(database: SqliteD1, streams: readonly Stream[]) {
    this.#database = database;
    this.#streams = streams;
  }

  /** Behind every statement that may have written. */
  check(sql: string): void {
    if (!/\b(INSERT|UPDATE|DELETE)\b/i.test(sql)) return;
    if (/batch_runs/i.test(sql)) this.#checkRuns();
    if (/\breplays\b/i.test(sql)) this.#checkReplays();
    if (/region_windows|batch_hours|region_hours/i.test(sql)) this.#checkHours();
  }

  /** BAT-1: one run at a time over an hour, and what is over stays so. */
  #checkRuns(): void {
    const rows = this.#database.rows<RunRow>(
      "SELECT id, state, region_number || '/' || hour AS place, replay_id FROM batch_runs",
    );
    const standing = rows.filter(({ state }) => !isOver(state)).map(({ place }) => place);
    const twice = standing.find((place, at) => standing.indexOf(place) !== at);
    if (twice) throw new Error(`[BAT-1] two runs stand over ${twice}`);
    for (const { id, state } of rows) {
      const before = this.#runs.get(id);
      if (before && isOver(before) && before !== state)
        throw new Error(`[BAT-1] a run that was ${before} is ${state}`);
    }
    this.#runs = new Map(rows.map(({ id, state }) => [id, state]));
  }

  /** RPL-1, RPL-5. */
  #checkReplays(): void {
    const rows = this.#database.rows<{ id: string; state: string; from_hour: number; to_hour: number }>(
      'SELECT id, state, from_hour, to_hour FROM replays',
    );
    const running = rows.filter(({ state }) => state === 'running');
    const overlap = running.some((a, at) =>
      running.slice(at + 1).some((b) => a.from_hour < b.to_hour && b.from_hour < a.to_hour),
    );
    if (overlap) throw new Error('[RPL-1] two replays over the same hours');
    for (const { id, state } of rows) {
      const before = this.#replays.get(id);
      if (before !== undefined && before !== 'running' && before !== state)
        throw new Error(`[RPL-5] a replay that was ${before} is ${state}`);
    }
    this.#replays = new Map(rows.map(({ id, state }) => [id, state]));
  }

  #checkHours(): void {
    this.#checkOrder();
    const rows = this.#database.rows<HourRow>(
      'SELECT key, generation, parts, run_id, events FROM batch_hours',
    );
    for (const row of rows) {
      const before = this.#hours.get(row.key);
      if (before && before.generation >= row.generation && before.run_id !== row.run_id)
        throw new Error(
          `[DUP-2] generation ${row.generation} of hour ${row.key} over generation ${before.generation}`,
        );
      this.#checkWhole(row);
    }
    if (rows.length < this.#hours.size) throw new Error('[BAT-1] an hour is computed no more');
    this.#hours = new Map(rows.map((row) => [row.key, row]));
  }

  /** DUP-2: no row of a window goes back, by generation, incarnation and row of the log. */
  #checkOrder(): void {
    const rows = this.#database.rows<WindowRow>(
      'SELECT key, generation, incarnation, log_row, events, dimensions FROM region_windows',
    );
    for (const row of rows) {
      const before = this.#windows.get(row.key);
      if (before && orderOf(row) < orderOf(before))
        throw new Error(`[DUP-2] window ${row.key} went back: ${textOf(row)} over ${textOf(before)}`);
      this.#windows.set(row.key, row);
    }
  }

  /** RPL-3, BAT-1: of an hour that was computed D1 says what its parts hold, whole, and nothing of the stream undoes it. */
  #checkWhole({ key, parts, events, generation }: HourRow): void {
    const [regionNumber, hour] = [Math.floor(key / 2 ** 34), key % 2 ** 26];
    const minute = packedKey(regionNumber, 0, hour * 60);
    const windows = [...this.#windows.values()]
      .filter((row) => row.key >= minute && row.key < minute + 60 && row.events > 0)
      .sort((a, b) => a.key - b.key);
    const lines = windows.map((row) => [row.key - minute, row.events, contentsOf(row.dimensions)].join(' '));
    const expected = this.#recount(key, regionNumber, hour, parts);
    if (lines.join('\n') !== expected)
      throw new Error(
        `[RPL-3] hour ${hour} of region ${regionNumber} in generation ${generation}\nis\n${lines.join('\n')}\nand not\n${expected}`,
      );
    const total = windows.reduce((sum, row) => sum + row.events, 0);
    const [merged] = this.#database.rows<{ events: number }>(
      'SELECT events FROM region_hours WHERE key = ?',
      key,
    );
    if (total !== events || total !== (merged?.events ?? 0))
      throw new Error(
        `[BAT-1] ${total} events in the windows, ${events} in the account, ${merged?.events} in the hour`,
      );
  }

  #recount(key: number, regionNumber: number, hour: number, parts: number): string {
    const held = this.#recounts.get(`${key} ${parts}`);
    if (held !== undefined) return held;
    const listed = this.#database
      .rows<{ name: string }>(
        'SELECT name FROM lake_parts WHERE region_number = ? AND hour = ? ORDER BY rowid LIMIT ?',
        regionNumber,
        hour,
        parts,
      )
      .map(({ name }) => this.#streams.find((stream) => stream.parts.has(name))?.parts.get(name) as MadePart);
    const text = recount(listed, hour);
    this.#recounts.set(`${key} ${parts}`, text);
    return text;
  }
}

/** Naively: each identity once, by minute and content. */
function recount(parts: readonly MadePart[], hour: number): string {
  const seen = new Set<string>();
  const minutes = new Map<number, Map<string, number>>();
  for (const { event } of parts.flatMap(({ events }) => events)) {
    const identity = `${event.identityHi}/${event.identityLo}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    const minute = Math.floor(event.timeMs / 60_000) - hour * 60;
    const contents = minutes.get(minute) ?? new Map<string, number>();
    minutes.set(minute, contents);
    contents.set(event.contentId ?? '', (contents.get(event.contentId ?? '') ?? 0) + 1);
  }
  return [...minutes]
    .sort(([a], [b]) => a - b)
    .map(([minute, contents]) => {
      const total = [...contents.values()].reduce((sum, count) => sum + count, 0);
      return [minute, total, listOf([...contents].filter(([id]) => id !== ''))].join(' ');
    })
    .join('\n');
}

const listOf = (contents: readonly (readonly [string, number])[]): string =>
  JSON.stringify(contents.toSorted(([a], [b]) => (a < b ? -1 : 1)));

function contentsOf(dimensions: string): string {
  const { content } = JSON.parse(dimensions) as { content: [string, number[]][] };
  return listOf(content.map(([id, counters]) => [id, counters[0] ?? 0]));
}

/** As a text that sorts like the revision. */
const orderOf = ({ generation, incarnation, log_row }: WindowRow): string =>
  [generation, incarnation, log_row].map((part) => String(part).padStart(12, '0')).join(' ');

const textOf = ({ generation, incarnation, log_row }: WindowRow): string =>
  `${generation}.${incarnation}.${log_row}`;
