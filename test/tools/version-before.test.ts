// Which version the fire section `upgrade` opens the state of: the release before, by its tag.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { versionBefore } from '../../tools/fire/harness/other-version.ts';

/** A repository of commits, oldest first, each with its tags. */
function repository(...commits: readonly (readonly string[])[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'versions-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t', ...args], { cwd: folder });
  git('init', '-q');
  for (const tags of commits) {
    git('commit', '-q', '--allow-empty', '-m', 'one');
    for (const tag of tags) git('tag', tag);
  }
  return folder;
}

test('the newest release behind HEAD is the version before, be HEAD a release itself or not', () => {
  expect(versionBefore(repository(['v0.1.0'], ['v0.2.0'], [])).name).toBe('v0.2.0');
  expect(versionBefore(repository(['v0.1.0'], [], ['v0.2.0'])).name).toBe('v0.1.0');
});

test('where there is no such tag a commit is named, and why', () => {
  for (const folder of [repository([], []), repository([]), repository(['latest'], ['v0.2.0'])])
    expect(versionBefore(folder)).toEqual({
      name: expect.stringMatching(/^[0-9a-f]{7}$/) as unknown,
      why: expect.stringContaining('no tag vX.Y.Z') as unknown,
    });
});
