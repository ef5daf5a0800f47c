// The product as it runs on one machine: migrated, built, served by `wrangler dev`, and answering on /health. Shared by
// `npm start`, the end-to-end tests and the benchmarks, so that all of them run the same thing.
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Credentials, readCredentials } from './credentials.ts';
import { freePort, isPortFree, localAddress } from './ports.ts';
import { prepareFolder } from './prepare.ts';
import { processTree, signal, stillLiving } from './process-tree.ts';
import { spawnWranglerDev } from './wrangler-dev.ts';

export interface RuntimeOptions {
  /** Folder that holds D1, R2 and the objects' storage; a later start with the same folder goes on from there. */
  readonly persistTo: string;
  /** Any free one by default. */
  readonly port?: number;
  readonly inspectorPort?: number;
  /** Receives what wrangler and the Worker print, in pieces. */
  readonly log?: (text: string) => void;
  readonly logLevel?: 'log' | 'warn';
  /** True by default, and needed for killGroup. */
  readonly ownGroup?: boolean;
  /** False if the folder is prepared already. */
  readonly prepares?: boolean;
  readonly readyWithinMs?: number;
  readonly configPath?: string;
  /** Variables of the Worker beside those of wrangler.toml. */
  readonly vars?: Readonly<Record<string, string>>;
}

export interface Runtime {
  readonly url: string;
  readonly credentials: Credentials;
  /** Process of wrangler, the parent of both workerds. */
  readonly pid: number;
  /** Settles when wrangler ends, for whatever reason. */
  readonly ended: Promise<void>;
  /** The last of what wrangler and the Worker printed. */
  recentOutput(): string;
  /** Resolves once /health answers 200; rejects with the recent output when that takes too long. */
  ready(withinMs?: number): Promise<void>;
  /** Ends everything cleanly. Calling it again is harmless. */
  stop(): Promise<void>;
  /** SIGKILL to the workerd that runs the Worker; wrangler starts another. Await ready() after it. */
  killRuntime(): void;
  /** SIGKILL to all at once, as when the machine fails. */
  killGroup(): Promise<void>;
}

const outputKept = 16_384;
const stopsWithinMs = 5_000;

export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { persistTo, configPath, ownGroup = true } = options;
  if (options.port !== undefined && !(await isPortFree(options.port)))
    throw new Error(`Port ${options.port} of this machine is taken; choose another with --port.`);
  const credentials =
    options.prepares === false
      ? readCredentials(persistTo)
      : (await prepareFolder(persistTo, configPath)).credentials;
  const port = options.port ?? (await freePort());
  const inspectorPort = options.inspectorPort ?? (await freePort());
  const child = spawnWranglerDev({
    port,
    inspectorPort,
    persistTo,
    ownGroup,
    ...(configPath === undefined ? {} : { configPath }),
    vars: options.vars ?? {},
    logLevel: options.logLevel ?? 'warn',
    output: 'pipe',
  });
  const runtime = new LocalRuntime(
    child,
    { url: `http://${localAddress}:${port}`, credentials, ownGroup },
    options.log,
  );
  try {
    await runtime.ready(options.readyWithinMs);
    return runtime;
  } catch (error) {
    await runtime.stop();
    throw error;
  }
}

class LocalRuntime implements Runtime {
  readonly url: string;
  readonly credentials: Credentials;
  readonly pid: number;
  readonly ended: Promise<void>;
  readonly #ownGroup: boolean;
  #output = '';
  #hasEnded = false;

  constructor(
    child: ChildProcess,
    { url, credentials, ownGroup }: Pick<Runtime, 'url' | 'credentials'> & { readonly ownGroup: boolean },
    log: ((text: string) => void) | undefined,
  ) {
    this.url = url;
    this.credentials = credentials;
    this.pid = child.pid ?? 0;
    this.#ownGroup = ownGroup;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    child.once('error', (error) => {
      this.#output += error.message;
      this.#hasEnded = true;
      resolve();
    });
    child.once('exit', () => {
      this.#hasEnded = true;
      resolve();
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-outputKept);
        log?.(text);
      });
    }
  }

  recentOutput(): string {
    return this.#output;
  }

  async ready(withinMs = 120_000): Promise<void> {
    const deadline = performance.now() + withinMs;
    let answer = 'nothing yet';
    while (performance.now() < deadline) {
      if (this.#hasEnded) throw new Error(`wrangler ended before ${this.url} was ready.\n${this.#output}`);
      try {
        const response = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(5_000) });
        if (response.status === 200) return;
        answer = `${response.status} ${(await response.text()).slice(0, 500)}`;
      } catch (error) {
        answer = error instanceof Error ? `${error.message} ${messageOf(error.cause)}` : String(error);
      }
      await sleep(50);
    }
    throw new Error(
      `${this.url}/health was not ready within ${withinMs} ms: ${answer}\n${this.#output || '(no output)'}`,
    );
  }

  async stop(): Promise<void> {
    const pids = this.#pids();
    signal(this.pid, 'SIGTERM');
    const deadline = performance.now() + stopsWithinMs;
    while (stillLiving(pids).length > 0 && performance.now() < deadline) await sleep(25);
    await this.#killAll(pids);
  }

  killRuntime(): void {
    // The other workerd is wrangler's proxy, which holds the port and does not come back.
    const ours = processTree(this.pid).filter(
      ({ command }) => command.includes('workerd') && command.includes('--debug-port'),
    );
    if (ours.length === 0) throw new Error('There is no runtime to kill.');
    for (const { pid } of ours) signal(pid, 'SIGKILL');
  }

  async killGroup(): Promise<void> {
    const pids = this.#pids();
    if (this.#ownGroup) signal(-this.pid, 'SIGKILL');
    await this.#killAll(pids);
  }

  #pids(): number[] {
    return processTree(this.pid).map(({ pid }) => pid);
  }

  async #killAll(pids: readonly number[]): Promise<void> {
    for (const pid of stillLiving(pids)) signal(pid, 'SIGKILL');
    while (stillLiving(pids).length > 0) await sleep(10);
    await this.ended;
  }
}

/** `fetch failed` says nothing; what it was is in the cause. */
const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : '');
