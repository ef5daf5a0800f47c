import type { PackedWindow } from '../core/window/packed-window.ts';
import { fromHex, toHex } from './hex.ts';
import { StoredDataError } from './stored-data-error.ts';

type TextWindow = Omit<PackedWindow, 'users' | 'sessions' | 'speed'> &
  Record<'users' | 'sessions' | 'speed', string>;

/** Windows as JSON can hold them. */
export function textsOf(windows: readonly PackedWindow[]): TextWindow[] {
  return windows.map((window) => ({
    ...window,
    users: toHex(window.users),
    sessions: toHex(window.sessions),
    speed: toHex(window.speed),
  }));
}

/** Throws StoredDataError. */
export function windowsOf(texts: readonly TextWindow[]): PackedWindow[] {
  return texts.map((text) => {
    const [users, sessions, speed] = [fromHex(text.users), fromHex(text.sessions), fromHex(text.speed)];
    if (!users || !sessions || !speed)
      throw new StoredDataError('lake/work', text.minute, 'a sketch is not hex');
    return { ...text, users, sessions, speed };
  });
}
