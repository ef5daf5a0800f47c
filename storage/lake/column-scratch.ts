import { partPageSize } from '../../core/protocol/limits.ts';
import { hybridBytesMax } from './pack-hybrid.ts';

/** Values of a dictionary of integers, at most: as many as fill a page. */
export const dictionaryWordsMax = partPageSize / 4;
/** Of a code: dictionaries of texts have fewer entries, since a length of 4 bytes stands before each. */
const codeBitsMax = Math.ceil(Math.log2(dictionaryWordsMax));

/**
 * What the columns of one part are put into, one after the other: arrays of their own for each would be most of what
 * encoding leaves to be collected. For row groups of at most so many rows.
 */
export class ColumnScratch {
  /** Integers that are there, of one or two words each. */
  readonly words: Uint32Array;
  /** Of values that are there: which one of the dictionary. */
  readonly codes: Uint32Array;
  /** 1 for a row that has a value. */
  readonly levels: Uint8Array;
  readonly slots = new Uint16Array(dictionaryWordsMax * 2);
  readonly page: Uint8Array;
  readonly packedLevels: Uint8Array;

  constructor(rowsMax: number) {
    this.words = new Uint32Array(2 * rowsMax);
    this.codes = new Uint32Array(rowsMax);
    this.levels = new Uint8Array(rowsMax);
    this.page = new Uint8Array(1 + hybridBytesMax(rowsMax, codeBitsMax));
    this.packedLevels = new Uint8Array(hybridBytesMax(rowsMax, 1));
  }
}
