/** GET /api/system: the pipeline from the doors to the viewers, what it does now, and what is wrong (SYS-1). */
import { estimateCost } from '../../core/cost/estimate.ts';
import { pricesOf } from '../../core/cost/prices.ts';
import { type Traffic, trafficOf } from '../../core/cost/requests.ts';
import { systemPastMs, systemRegionsMax, vitalsSpanMs } from '../../core/protocol/system-limits.ts';
import { judgeSystem } from '../../core/system/judge.ts';
import type { ShardVitals } from '../../core/system/shard-vitals.ts';
import { jsonResponse } from './problem-response.ts';
import { person } from './request-scope.ts';
import type { Route } from './route.ts';
import { type ApiContext, namedRegions } from './stats-query.ts';
import { systemExample } from './system-example.ts';
import {
  accountsRow,
  deadLettersRow,
  doorsRow,
  queueRow,
  regionRow,
  storesRow,
  workRow,
} from './system-rows.ts';
import { systemAnswer } from './system-schema.ts';
import { readSystem, type SystemSources } from './system-sources.ts';

export const systemRoute: Route = {
  method: 'GET',
  path: '/api/system',
  role: 'analyst',
  handler: system,
  tag: 'Service',
  doc: DESCRIBED && {
    summary: 'The pipeline now: rates, lags, dead letters, rejects, runs and cost',
    description:
      `One answer for a page that asks every few seconds. Rates are of the last ${vitalsSpanMs / 1000} s. A part that does not answer ` +
      `is null and named in \`findings\`; the rest is told. At most ${systemRegionsMax} regions are asked. Rejects are of no region: a ` +
      'role that is limited to regions is not told of them.',
    answer: systemAnswer,
    example: systemExample,
    problems: ['storage_unavailable'],
  },
};

async function system(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const named = await namedRegions(context.env.DB, undefined, nowMs);
  if ('response' in named) return named.response;
  const regions = named.slice(0, systemRegionsMax);
  const sources = await readSystem(context.env, { regions, isOfAll: person().regions === '*' }, nowMs);
  const nameOf = (number: number): string => regions.find((one) => one.number === number)?.name ?? '';
  const leftOut = named.length - regions.length;
  return jsonResponse({ data: { ...answerOf(sources, nameOf, nowMs), regions_left_out: leftOut } });
}

function answerOf(sources: SystemSources, nameOf: (number: number) => string, nowMs: number) {
  const vitals = sources.regions.flatMap((region) => region.vitals ?? []);
  const traffic = trafficOf(vitals.map(({ recent }) => recent));
  const { state, findings } = judgeSystem({
    ...sources,
    nowMs,
    failedRuns: sources.work?.runs.filter(({ isFailed }) => isFailed).length ?? 0,
  });
  return {
    at: new Date(nowMs).toISOString(),
    state,
    findings,
    doors: doorsRow(sources.rejects, traffic),
    queue: queueRow(vitals, traffic),
    regions: sources.regions.map((region) => regionRow(region, nowMs)),
    events_per_second: traffic.events / (vitalsSpanMs / 1000),
    ...storesRow(sources, vitals, nowMs),
    dead_letters: deadLettersRow(sources.deadLetters, nameOf),
    accounts: accountsRow(sources.accounts),
    runs: sources.work?.runs.map((one) => workRow(one, nameOf)) ?? null,
    runs_waiting: sources.work?.batchWaiting ?? null,
    cost: costRow(sources, vitals, traffic),
  };
}

function costRow({ lake, audience }: SystemSources, vitals: readonly ShardVitals[], traffic: Traffic) {
  const { lines, usdPerDay, usdPerMillion } = estimateCost({
    spanMs: vitalsSpanMs,
    traffic,
    windows: vitals.reduce((sum, { windowsConfirmed }) => sum + windowsConfirmed, 0),
    shardsAwake: vitals.filter(({ recent }) => recent.commits > 0).length,
    watchedCommits: vitals.reduce((sum, { isWatched, recent }) => sum + (isWatched ? recent.commits : 0), 0),
    isHubAwake: (audience?.viewers ?? 0) + (audience?.readers ?? 0) > 0,
    sealed: lake && { spanMs: systemPastMs, parts: lake.parts, bytes: lake.bytes },
  });
  return {
    prices_of: pricesOf,
    usd_per_day: usdPerDay,
    usd_per_million: usdPerMillion,
    lines: lines.map(({ perDay, usdPerDay: usd, ...line }) => ({
      ...line,
      per_day: perDay,
      usd_per_day: usd,
    })),
  };
}
