// `wrangler dev` started directly, without npx or a shell in between, so that its process id is the one to signal.
import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { root } from './bootstrap.mjs';
import { certificateEnvironment } from './certificates.ts';
import { localAddress } from './ports.ts';

export interface WranglerDevOptions {
  readonly port: number;
  readonly inspectorPort: number;
  /** Folder that holds D1, R2 and the objects' storage. */
  readonly persistTo: string;
  /** `warn` is quiet: no line for each request. */
  readonly logLevel: 'log' | 'warn';
  /** A group of its own can be killed as a whole; without it a terminal's Ctrl-C reaches wrangler too. */
  readonly ownGroup: boolean;
  readonly output: 'inherit' | 'pipe';
  readonly configPath?: string;
  /** Variables of the Worker beside those of wrangler.toml. */
  readonly vars?: Readonly<Record<string, string>>;
}

/** Starts `wrangler dev` on 127.0.0.1; the site is built by its [build] command. */
export function spawnWranglerDev(options: WranglerDevOptions): ChildProcess {
  const args = [
    '--no-warnings',
    resolve(root, 'node_modules/wrangler/wrangler-dist/cli.js'),
    'dev',
    '--port',
    String(options.port),
    '--inspector-port',
    String(options.inspectorPort),
    '--ip',
    localAddress,
    '--persist-to',
    resolve(options.persistTo),
    '--show-interactive-dev-session=false',
    '--log-level',
    options.logLevel,
    ...(options.configPath === undefined ? [] : ['--config', resolve(options.configPath)]),
    ...Object.entries(options.vars ?? {}).flatMap(([name, value]) => ['--var', `${name}:${value}`]),
  ];
  return spawn(process.execPath, args, {
    cwd: root,
    detached: options.ownGroup,
    stdio: ['ignore', options.output, options.output],
    env: {
      ...process.env,
      CI: '1',
      WRANGLER_SEND_METRICS: 'false',
      WRANGLER_HIDE_BANNER: 'true',
      CLOUDFLARE_CF_FETCH_ENABLED: 'false',
      ...certificateEnvironment(),
    },
  });
}
