/** CRC-32 as of gzip and PNG (reflected, polynomial EDB88320). */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** Of a text of ASCII characters; finds every change of a single one. */
export function crc32(ascii: string): number {
  let crc = 0xffffffff;
  for (let i = 0; i < ascii.length; i++) {
    crc = (crc >>> 8) ^ (table[(crc ^ ascii.charCodeAt(i)) & 255] ?? 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
