/** What the lake and imports use of Node's modules; the Worker's types do not have them (nodejs_compat). */
declare module 'node:zlib' {
  export function zstdCompressSync(input: Uint8Array): Uint8Array;
  export function zstdDecompressSync(
    input: Uint8Array,
    options: { readonly chunkSize: number; readonly maxOutputLength: number },
  ): Uint8Array;
  export function gunzipSync(input: Uint8Array, options: { readonly maxOutputLength: number }): Uint8Array;
  export function crc32(input: Uint8Array): number;
}

declare module 'node:crypto' {
  export function createHash(name: 'sha256'): {
    update(input: Uint8Array | string): void;
    digest(encoding: 'hex'): string;
  };
}
