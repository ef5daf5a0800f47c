import * as say from '../text/admin.ts';

/** Bytes in the unit that they are granted in: 1 MiB, 512 KiB, 1,000 B. */
export function bytesText(bytes: number): string {
  const units = ['B', say.kib, say.mib, say.gib];
  let value = bytes;
  let step = 0;
  while (value >= 1024 && step < units.length - 1) {
    value /= 1024;
    step += 1;
  }
  return `${Number(value.toPrecision(3))}\u202f${units[step]}`;
}
