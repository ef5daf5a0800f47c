/** The part of Node's zlib that the door uses; the Workers runtime brings it under `nodejs_compat`. */
declare module 'node:zlib' {
  interface InflateOptions {
    /** More output than this throws a RangeError. */
    readonly maxOutputLength: number;
  }
  export function gunzipSync(bytes: Uint8Array, options: InflateOptions): Uint8Array;
  export function inflateSync(bytes: Uint8Array, options: InflateOptions): Uint8Array;
}
