/** Bytes that packHybrid writes at most: of runs of eight values as of stretches of eight, with a head each. */
export function hybridBytesMax(count: number, width: number): number {
  return (Math.ceil(count / 8) + 1) * (width + 8);
}

/**
 * Writes integers of `width` bits (at most 24) in Parquet's hybrid of runs and packed bits, as unpackHybrid reads it;
 * returns where it ends.
 */
export function packHybrid(
  values: Uint8Array | Uint32Array,
  from: number,
  to: number,
  width: number,
  target: Uint8Array,
  start: number,
): number {
  let at = start;
  // Values from here on wait to be packed, eight by eight.
  let waiting = from;
  for (let i = from; i < to; ) {
    const value = values[i] as number;
    let end = i + 1;
    while (end < to && values[end] === value) end++;
    if (end - i < 8) {
      i += 8;
      continue;
    }
    if (waiting < i) at = packBits(values, waiting, i, width, target, at);
    at = putVarint(target, at, (end - i) * 2);
    for (let shift = 0; shift < width; shift += 8) target[at++] = value >>> shift;
    i = end;
    waiting = end;
  }
  return waiting < to ? packBits(values, waiting, to, width, target, at) : at;
}

/** The last eight are filled up with zeros. */
function packBits(
  values: Uint8Array | Uint32Array,
  from: number,
  to: number,
  width: number,
  target: Uint8Array,
  start: number,
): number {
  const groups = (to - from + 7) >>> 3;
  const body = putVarint(target, start, groups * 2 + 1);
  let at = body;
  let held = 0;
  let bits = 0;
  for (let i = from; i < to; i++) {
    held |= (values[i] as number) << bits;
    bits += width;
    for (; bits >= 8; bits -= 8) {
      target[at++] = held;
      held >>>= 8;
    }
  }
  if (bits > 0) target[at++] = held;
  const end = body + groups * width;
  target.fill(0, at, end);
  return end;
}

function putVarint(target: Uint8Array, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) target[at++] = (rest & 0x7f) | 0x80;
  target[at++] = rest;
  return at;
}
