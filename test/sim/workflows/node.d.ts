/** What the simulation uses of Node: its types and those of the Workers runtime exclude each other. */
declare module 'node:sqlite' {
  export interface StatementSync {
    all(...values: unknown[]): Record<string, unknown>[];
    run(...values: unknown[]): { readonly changes: number | bigint };
    columns(): readonly unknown[];
    setReturnArrays(enabled: boolean): void;
  }
  export class DatabaseSync {
    constructor(path: string);
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
  }
}
declare module 'node:fs' {
  export function readdirSync(folder: URL): string[];
  export function readFileSync(file: URL, encoding: 'utf8'): string;
}
declare module 'node:timers/promises' {
  export function setImmediate(): Promise<void>;
  export function setTimeout(ms: number): Promise<void>;
}
declare module 'node:child_process' {
  export function execFileSync(file: string, args: readonly string[], options: object): string;
}
declare const process: { readonly env: Readonly<Record<string, string | undefined>> };
interface ImportMeta {
  readonly url: string;
}
