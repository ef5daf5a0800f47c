/** A table of the page as CSV (RFC 4180): the numbers that it shows, in full, with their units in the header. */
import { plainNumber } from '../format/number.ts';

interface Cell {
  readonly text: string;
  /** Of a number with its unit, or without; else null. */
  readonly number: string | null;
  readonly unit: string;
  /** A header cell may have said it. */
  readonly saysUnit: boolean;
}

/** A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text. */
const formulaStart = /^[=+\-@\t\r\n]/;
const numberForm = /^(-?\d+(?:\.\d+)?)(?:\s(\D*))?$/;

export function tableCsv(table: HTMLTableElement): string {
  const [head = [], ...rows] = [...table.rows].map((row) => [...row.cells].map(cellOf));
  const columns = head.map((cell, i) =>
    columnOf(
      cell,
      rows.map((row) => row[i] ?? noCell),
    ),
  );
  // What is only drawn, as a line of the last minutes, leaves an empty column.
  const told = columns.filter(({ cells }) => cells.some((text) => text !== ''));
  const lines = [
    told.map(({ name }) => name),
    ...rows.map((_, at) => told.map(({ cells }) => cells[at] ?? '')),
  ];
  return lines.map((cells) => `${cells.map(quoted).join(',')}\r\n`).join('');
}

const noCell: Cell = { text: '', number: null, unit: '', saysUnit: false };

function cellOf(cell: HTMLTableCellElement): Cell {
  const text = spoken(cell).replaceAll(/\s+/g, ' ').trim();
  const [, digits, unit = ''] = numberForm.exec(plainNumber(text)) ?? [];
  return {
    text,
    number: digits ?? null,
    unit,
    saysUnit: cell.querySelector('.unit') !== null,
  };
}

/** Numbers if all that is known are, of one unit; where nothing is known the cell is empty. Else what is read. */
function columnOf(
  { text: title, saysUnit }: Cell,
  cells: readonly Cell[],
): { name: string; cells: readonly string[] } {
  const known = cells.filter(({ number }) => number !== null);
  const [{ unit } = noCell] = known;
  const isNumeric =
    known.length > 0 &&
    cells.every((cell) => (cell.number === null ? !/\d/.test(cell.text) : cell.unit === unit));
  if (!isNumeric)
    return { name: title, cells: cells.map(({ text }) => (formulaStart.test(text) ? `'${text}` : text)) };
  const name = unit === '' || saysUnit ? title : `${title} (${unit})`;
  return { name, cells: cells.map(({ number }) => number ?? '') };
}

/** As it is read aloud: numbers in full, and what is drawn twice only once. A time is told whole. */
function spoken(node: Node): string {
  if (node instanceof Text) return node.data;
  if (!(node instanceof Element) || node.matches('[aria-hidden=true], .narrow, svg')) return '';
  if (node instanceof HTMLTimeElement) return node.dateTime;
  const parts = [...node.childNodes].map(spoken).join('');
  return node.matches('.unit') ? ` ${parts}` : parts;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
