import { zstdCompressSync } from 'node:zlib';

/** A frame of one segment that says its size in 4 bytes. */
const frameHead = [0x28, 0xb5, 0x2f, 0xfd, 0xa0];
const rawBlockBytesMax = 128 * 1024;

/**
 * A Zstandard frame. workerd's compressor throws `Unexpected end of file` where more than some 64 KB come out (random
 * bytes: 40,000 pass, 80,000 do not, whatever the size of its chunks); such input is stored as it is, which the
 * format allows. encode-part.ts keeps pages so small that it does not come to that but for strange texts.
 */
export function zstdFrame(input: Uint8Array): Uint8Array {
  try {
    return zstdCompressSync(input);
  } catch {
    return storedFrame(input);
  }
}

/** The input in blocks that are not compressed. */
export function storedFrame(input: Uint8Array): Uint8Array {
  const blocks = Math.max(1, Math.ceil(input.length / rawBlockBytesMax));
  const out = new Uint8Array(frameHead.length + 4 + blocks * 3 + input.length);
  out.set(frameHead);
  new DataView(out.buffer).setUint32(frameHead.length, input.length, true);
  let at = frameHead.length + 4;
  for (let block = 0; block < blocks; block++) {
    const piece = input.subarray(block * rawBlockBytesMax, (block + 1) * rawBlockBytesMax);
    const isLast = block === blocks - 1 ? 1 : 0;
    const head = (piece.length << 3) | isLast;
    out.set([head & 0xff, (head >>> 8) & 0xff, head >>> 16], at);
    out.set(piece, at + 3);
    at += 3 + piece.length;
  }
  return out;
}
