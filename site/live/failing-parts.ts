/** Why a region fails, as far as what it is made of tells: which of its devices and titles fail, or whether all do. */
import type { LiveRankedContent } from '../../core/protocol/live.ts';
import * as say from '../text/live.ts';
import { surelyFails } from './region-summary.ts';
import { shareList } from './shares.ts';
import type { Breakdown } from './shown-state.ts';

/** So many are named; more are counted. */
const namedMax = 2;

/** A name may be written from the right: it must not turn the sentence around it. */
const isolated = (name: string): string => `\u2068${name}\u2069`;

/** Null where nothing fails by more than chance. `nameOf`: what the page calls a title. */
export function failingParts(
  breakdown: Pick<Breakdown, 'devices' | 'contents'>,
  nameOf: (content: LiveRankedContent) => string,
): string | null {
  const devices = shareList(breakdown.devices ?? []).filter(({ downloads }) => downloads !== 0);
  const titles = (breakdown.contents ?? []).filter(({ downloads }) => downloads > 0);
  const failingDevices = devices.filter(({ isFailing }) => isFailing).map(({ label }) => label);
  const failingTitles = titles
    .filter(({ success_rate: rate, downloads }) => surelyFails(rate, downloads))
    .map(nameOf);
  const parts = [
    partText(say.on, say.devicesFail, failingDevices, devices.length),
    partText(say.forTitles, say.topTitles, failingTitles, titles.length),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : say.downloadsFail(parts.join(say.and));
}

function partText(word: string, kind: string, failing: readonly string[], count: number): string | null {
  if (failing.length === 0) return null;
  if (failing.length === count && count > 1) return say.onAll(word, count, kind);
  if (failing.length <= namedMax) return `${word} ${failing.map(isolated).join(say.and)}`;
  return say.onSome(word, failing.length, count, kind);
}
