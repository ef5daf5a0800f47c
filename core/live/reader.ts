/**
 * Readers of server-sent events (LIV-4): they say nothing, so a state goes to them whole or not at all. The shell tells
 * when what was written has been read; until then a reader gets nothing, and then the newest.
 */
import { sseEveryMs, sseHeartbeatMs, sseRetryMs, viewerStalledMsMax } from '../protocol/limits.ts';
import { changedSince, type Picture, sharedEvent } from './frames.ts';
import type { Hub, HubEffect, HubLife } from './hub-state.ts';
import type { Reader } from './reader-state.ts';

/** The first words to a reader. */
export function greet(reader: Reader, now: number): HubEffect {
  return write(reader, `retry: ${sseRetryMs}\n\n`, now);
}

/** Writes what each reader may have now, and closes those whose time is over or who do not read. */
export function serveReaders(hub: Hub, life: HubLife, picture: Picture, now: number): HubEffect[] {
  const effects: HubEffect[] = [];
  for (const reader of hub.readers.values()) {
    const isDead = reader.busySince !== null && now - reader.busySince > viewerStalledMsMax;
    if (isDead || now >= reader.endsAt) {
      hub.readers.delete(reader.id);
      effects.push({ type: 'end', reader: reader.id });
    } else effects.push(...serve(life, picture, reader, now));
  }
  return effects;
}

function serve(life: HubLife, picture: Picture, reader: Reader, now: number): HubEffect[] {
  if (reader.busySince !== null) return [];
  if (life.ready && isOver(now - reader.stateAt, sseEveryMs)) {
    const lacks = reader.covered === null || changedSince(picture, reader.covered, reader.subscription);
    reader.covered = picture.seq;
    if (lacks) {
      reader.stateAt = now;
      return [write(reader, sharedEvent(life.frames, picture, reader).text, now)];
    }
  }
  return isOver(now - reader.writtenAt, sseHeartbeatMs) ? [write(reader, ': still here\n\n', now)] : [];
}

/** Over, or not to be known: the clock was set back, and nobody shall wait for it to catch up. */
function isOver(elapsedMs: number, ms: number): boolean {
  return elapsedMs >= ms || elapsedMs < 0;
}

/** When the readers must be looked after though nothing comes, ms. */
export function readersDueAt(hub: Hub, life: HubLife): number {
  let dueAt = Number.POSITIVE_INFINITY;
  for (const { endsAt, busySince, covered, stateAt, writtenAt } of hub.readers.values()) {
    const stateDueAt = life.ready && covered !== life.seq ? stateAt + sseEveryMs : Number.POSITIVE_INFINITY;
    const nextAt =
      busySince === null
        ? Math.min(stateDueAt, writtenAt + sseHeartbeatMs)
        : busySince + viewerStalledMsMax + 1;
    dueAt = Math.min(dueAt, endsAt, nextAt);
  }
  return dueAt;
}

function write(reader: Reader, text: string, now: number): HubEffect {
  reader.writtenAt = now;
  reader.busySince = now;
  return { type: 'write', reader: reader.id, text };
}
