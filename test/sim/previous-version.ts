/** The core of the release before, as git has it: what runs beside this one while a deployment goes on. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { sealLog } from '../../core/lake/seal-steps.ts';
import type { step } from '../../core/live/hub.ts';
import type { newHub } from '../../core/live/hub-state.ts';
import type { applyFrame } from '../../core/live/live-state.ts';
import type { parseServerFrame } from '../../core/live/server-frame.ts';
import type { encodeChunk } from '../../core/protocol/chunk.ts';
import type { Region } from '../../core/window/region.ts';
import type { decodeSnapshot } from '../../core/window/snapshot.ts';
import { root } from '../../tools/bootstrap.mjs';
import { versionBefore } from '../../tools/fire/harness/other-version.ts';

/** What of a version's core takes part in a run of both. */
export interface CoreVersion {
  readonly name: string;
  readonly Region: typeof Region;
  readonly decodeSnapshot: typeof decodeSnapshot;
  readonly encodeChunk: typeof encodeChunk;
  readonly sealLog: typeof sealLog;
  readonly parseServerFrame: typeof parseServerFrame;
  readonly applyFrame: typeof applyFrame;
  readonly step: typeof step;
  readonly newHub: typeof newHub;
}

/** Null where the repository's history does not reach back to it. */
export async function previousCore(): Promise<CoreVersion | null> {
  const { name } = versionBefore();
  const folder = unpacked(name);
  if (folder === null) return null;
  const load = async <T>(path: string): Promise<T> =>
    (await import(/* @vite-ignore */ pathToFileURL(join(folder, 'core', path)).href)) as T;
  return {
    name,
    ...(await load<Pick<CoreVersion, 'Region'>>('window/region.ts')),
    ...(await load<Pick<CoreVersion, 'decodeSnapshot'>>('window/snapshot.ts')),
    ...(await load<Pick<CoreVersion, 'encodeChunk'>>('protocol/chunk.ts')),
    ...(await load<Pick<CoreVersion, 'sealLog'>>('lake/seal-steps.ts')),
    ...(await load<Pick<CoreVersion, 'parseServerFrame'>>('live/server-frame.ts')),
    ...(await load<Pick<CoreVersion, 'applyFrame'>>('live/live-state.ts')),
    ...(await load<Pick<CoreVersion, 'step'>>('live/hub.ts')),
    ...(await load<Pick<CoreVersion, 'newHub'>>('live/hub-state.ts')),
  };
}

/** Where its files are: written once, whole or not at all. */
function unpacked(name: string): string | null {
  const options = {
    cwd: root,
    maxBuffer: 64 * 2 ** 20,
    stdio: ['pipe', 'pipe', 'ignore'] as ['pipe', 'pipe', 'ignore'],
  };
  const versions = join(root, '.cache/versions');
  try {
    const commit = execFileSync('git', ['rev-parse', '--short=12', `${name}^{commit}`], options);
    const folder = join(versions, commit.toString().trim());
    if (existsSync(folder)) return folder;
    const partial = `${folder}-${process.pid}`;
    mkdirSync(partial, { recursive: true });
    const archive = execFileSync('git', ['archive', '--format=tar', name, 'core'], options);
    execFileSync('tar', ['-x', '-C', partial], { ...options, input: archive });
    if (existsSync(folder)) rmSync(partial, { recursive: true });
    else renameSync(partial, folder);
    return folder;
  } catch {
    return null;
  }
}
