// A Worker of a benchmark in the real runtime, and the CPU that it takes: what the kernel counts of the runtime's threads.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './bootstrap.mjs';

export const compatibilityDate = '2026-10-20';

/** Bundles `tools/NAME.ts` as wrangler bundles the product; the path of the script. */
export function bundleWorker(name: string): string {
  const folder = join(root, '.cache', name);
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'wrangler.json');
  const main = join(root, 'tools', `${name}.ts`);
  const flags = ['nodejs_compat'];
  writeFileSync(
    config,
    JSON.stringify({
      name: 'bench',
      main,
      compatibility_date: compatibilityDate,
      compatibility_flags: flags,
      minify: true,
      keep_names: false,
    }),
  );
  const wrangler = join(root, 'node_modules/wrangler/wrangler-dist/cli.js');
  const args = ['deploy', '--config', config, '--dry-run', '--outdir', join(folder, 'out')];
  execFileSync(process.execPath, ['--no-warnings', wrangler, ...args], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' },
  });
  return join(folder, 'out', `${basename(name)}.js`);
}

/** CPU of a process's threads so far, in µs: what the kernel counts in ns. */
export function cpuUs(pid: number): number {
  const threads = `/proc/${pid}/task`;
  let ns = 0;
  for (const thread of readdirSync(threads)) {
    ns += Number(readFileSync(`${threads}/${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return ns / 1000;
}

/** The runtime that this process has started; with two of them, the one that is not `other`. */
export function runtimePid(other = 0): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, command, parent] =
        /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if (Number(parent) === process.pid && command?.startsWith('workerd') && Number(pid) !== other)
        return Number(pid);
    } catch {
      // It has ended since it was listed.
    }
  }
  throw new Error('the runtime was not found: this benchmark reads CPU times from /proc, which Linux has');
}
