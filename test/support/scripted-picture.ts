/** What the scripted service answers about any time and any part: the same traffic as its frames have. */
import { livePanesMs, paneMs, windowMs } from '../../core/protocol/limits.ts';
import type { LiveCell } from '../../core/protocol/live.ts';
import { valueListOf } from '../../site/filter/value-list.ts';
import type { PictureData } from '../../site/live/shown-state.ts';
import { scriptedBreakdown } from './scripted-breakdown.ts';
import { type Play, scriptedCells, scriptedFacts } from './scripted-traffic.ts';

const keyNames = ['device_type', 'content_type', 'content_id'] as const;

export function scriptedPicture(play: Play, search: URLSearchParams, nowMs: number): PictureData {
  const asked = (name: string, other: number): number => Number(search.get(name) ?? other);
  const step = asked('step', 1);
  const isNow = search.get('to') === null;
  const end = isNow ? Math.ceil(nowMs / windowMs) * windowMs : Date.parse(search.get('to') ?? '');
  const until = Math.min(end, nowMs);
  const first = search.has('from')
    ? Date.parse(search.get('from') ?? '')
    : end - asked('minutes', 60) * windowMs;
  const from = Math.floor(first / (step * windowMs)) * step * windowMs;
  const key = keyNames.find((name) => search.has(name));
  const share = key ? shareOf(play, key, search.get(key) ?? '') : 1;
  const regions = scriptedFacts.map(({ name }) => {
    const minutes = bySteps(scriptedCells(play, name, windowMs, from, until, share), step);
    const hasPanes = step === 1 && !key;
    const panes = hasPanes ? scriptedCells(play, name, paneMs, end - livePanesMs, until) : [];
    const now = isNow && !key ? { viewers: 100, last_received_at: nowMs - 80 } : {};
    return [name, { ...now, minutes, panes }] as const;
  });
  const all = scriptedBreakdown(play, search.has('breakdown_region') ? 'some' : '*', until);
  const isTold = (name: (typeof keyNames)[number]): boolean => key === undefined || key === name;
  return {
    at: until,
    step_minutes: step,
    facts: scriptedFacts,
    regions: Object.fromEntries(regions),
    breakdown: {
      active_contents: key === 'device_type' ? null : all.active_contents,
      contents: key === 'device_type' ? null : all.contents,
      has_ranks_before: asked('breakdown', 5) <= 60,
      devices: isTold('device_type') ? all.devices : null,
      content_types: isTold('content_type') ? all.content_types : null,
    },
  };
}

/** Of the events, by the shares that breakdowns tell. */
function shareOf(play: Play, name: (typeof keyNames)[number], text: string): number {
  const { devices, content_types: types, contents } = scriptedBreakdown(play, '*', 0);
  const rows = {
    device_type: devices,
    content_type: types,
    content_id: contents.map(({ content_id: key, events }) => ({ key, events })),
  }[name];
  const list = valueListOf(text);
  const sum = (of: readonly { readonly events: number }[]): number =>
    of.reduce((all, { events }) => all + events, 0);
  const named = sum(rows.filter(({ key }) => list?.values.includes(key))) / Math.max(1, sum(rows));
  return list?.isNot ? 1 - named : named;
}

function bySteps(minutes: readonly LiveCell[], step: number): LiveCell[] {
  const sums = new Map<number, number[]>();
  for (const [minute = 0, ...values] of minutes) {
    const start = Math.floor(minute / step) * step;
    const sum = sums.get(start);
    if (sum) for (const [i, value] of values.entries()) sum[i] = (sum[i] ?? 0) + value;
    else sums.set(start, values);
  }
  return [...sums].map(([start, values]) => [start, ...values]);
}
