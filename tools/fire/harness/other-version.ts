// The fire build of another commit, made in a work tree of its own.
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../bootstrap.mjs';
import type { FireConfigs } from './config.ts';

/** From before the migration 0019; has the fire entry with every object. */
const withoutTags = '7d0d896';

interface OtherVersion {
  /** A tag, or the beginning of a commit. */
  readonly name: string;
  readonly why: string;
}

/** The newest release behind HEAD, by its tag `vX.Y.Z`; a named commit where the repository has no such tag. */
export function versionBefore(repository = root): OtherVersion {
  try {
    const about = ['describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*.[0-9]*.[0-9]*', 'HEAD^'];
    const found = execFileSync('git', about, {
      cwd: repository,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { name: found.trim(), why: 'the newest tag before HEAD' };
  } catch {
    return { name: withoutTags, why: 'no tag vX.Y.Z is reachable from HEAD^, so a commit is named' };
  }
}

/** Resolves to its configurations. Throws where the repository's history does not reach so far back. */
export function buildOther(commit: string, work: string): FireConfigs {
  const tree = join(work, `tree-${commit}`);
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  if (!existsSync(tree)) {
    git('worktree', 'prune');
    git('worktree', 'add', '--detach', tree, commit);
    symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  }
  const config = JSON.stringify(join(tree, 'tools/fire/harness/config.ts'));
  const folder = JSON.stringify(join(work, `build-${commit}`));
  const script = `const { buildFire } = await import(${config}); console.log(JSON.stringify(buildFire(${folder})));`;
  const printed = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], {
    cwd: tree,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '') as FireConfigs;
}

export function removeOther(commit: string, work: string): void {
  execFileSync('git', ['worktree', 'remove', '--force', join(work, `tree-${commit}`)], { cwd: root });
}
