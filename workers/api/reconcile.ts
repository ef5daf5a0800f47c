import type * as z from 'zod';
import { findingOf, type JudgedHour, judgeHours } from '../../core/account/finding.ts';
import { type StatementLine, statementOf, totalOf, whyNot } from '../../core/account/statement.ts';
import { windowMs } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import { type RegionEntry, shardObjectName } from '../../core/protocol/region.ts';
import { gatherAccounts, type ShardLog } from '../../storage/account-reader.ts';
import { readHourSides } from '../../storage/hour-sides.ts';
import type { Env } from '../env.ts';
import { prefersCsv } from './csv.ts';
import { pageOf, type Ranking, writeCursor } from './cursor.ts';
import { isoTime } from './figures.ts';
import type { MinuteRange } from './parameters.ts';
import { invalidParameters, jsonResponse } from './problem-response.ts';
import { csvResponse } from './range-answer.ts';
import {
  type hourSchema,
  lineSchema,
  type producerSchema,
  reconcileAnswer,
  type totalsSchema,
} from './reconcile-schema.ts';
import { person } from './request-scope.ts';
import type { Route } from './route.ts';
import { type ApiContext, rangeQuery, type StatsQuery, statsQuery } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

const hourMs = 3_600_000;

const ranking: Ranking<StatementLine> = {
  of: ({ minute, producer }) => [minute, producer],
  shape: ['number', 'string'],
};

const parameters = once(() =>
  rangeQuery({
    minutes: 1440,
    own: {},
    filters: false,
    pages: { limit: 100, shape: ranking.shape },
  }),
);

/** Producers by name and how much they send: what viewers see of the figures tells neither. */
export const reconcileRoute: Route = {
  method: 'GET',
  path: '/api/reconcile',
  role: 'analyst',
  handler: reconcile,
  tag: 'Service',
  doc: DESCRIBED && {
    summary: 'What came in, and what became of it',
    description:
      'The accounts of a range of minutes of receipt, by producer (received = accepted + rejected + twins; accepted = ' +
      'counted + late + duplicates + dead_lettered + in_flight + overdue + missing), and stream against batch by the ' +
      'hour. A record that a door took and that nothing came behind is not known yet.',
    query: parameters().documented,
    answer: reconcileAnswer,
    csv: true,
    problems: ['storage_unavailable'],
  },
};

async function reconcile(context: ApiContext): Promise<Response> {
  const nowMs = Date.now();
  const asked = await statsQuery(context, parameters(), nowMs);
  if ('response' in asked) return asked.response;
  const { query } = asked;
  if (query.range.fromMinute * windowMs > nowMs)
    return invalidParameters([{ parameter: 'from', message: 'must not lie ahead' }]);
  return await orStorageUnavailable('accounts_unread', async () => {
    const { env, req } = context;
    const isOfAll = person().regions === '*' && req.query('region') === undefined;
    const { fromMinute, toMinute } = query.range;
    const [sources, hours] = await Promise.all([
      gatherAccounts(portsOf(env), { regions: query.regions, isOfAll, fromMinute, toMinute }, nowMs),
      readHours(env, query),
    ]);
    const lines = statementOf(sources, fromMinute, toMinute);
    const { rows, next } = pageOf(lines, ranking, query.page);
    const cursor = next && writeCursor(query.page.question, { range: query.range, after: next });
    const data = rows.map((line) => lineRow(line, isOfAll));
    if (prefersCsv(req.header('accept'))) return csvResponse(context, lineSchema(), data, cursor);
    const finding = findingOf(totalOf(lines), hours);
    const warnings = [...sources.warnings, ...unread(sources.unreadMessages)];
    return jsonResponse({
      data,
      count: data.length,
      adds_up: finding.addsUp,
      explanation: finding.explanation,
      totals: totalsRow(lines, isOfAll),
      producers: producerRows(lines, isOfAll),
      hours: hours.map((hour) => hourRow(hour, query.regions)),
      meta: metaOf(query.range, cursor, warnings),
    });
  });
}

function portsOf({ DB, LAKE, REGION_WINDOW }: Env) {
  return {
    db: DB,
    bucket: LAKE,
    shard: ({ regionNumber, shard }: { regionNumber: number; shard: number }) => {
      const id = REGION_WINDOW.idFromName(shardObjectName(regionNumber, shard));
      return REGION_WINDOW.get(id) as unknown as ShardLog;
    },
  };
}

async function readHours({ DB }: Env, { range, regions }: StatsQuery): Promise<JudgedHour[]> {
  const fromHour = Math.floor((range.fromMinute * windowMs) / hourMs);
  const toHour = Math.ceil((range.toMinute * windowMs) / hourMs);
  return judgeHours(await readHourSides(DB, regions, fromHour, toHour));
}

function unread(messages: number): string[] {
  if (messages === 0) return [];
  return [`${messages} messages among the dead letters could not be read: their events show as missing`];
}

function metaOf({ fromMinute, toMinute }: MinuteRange, next_cursor: string | null, warnings: string[]) {
  const range = { from: isoTime(fromMinute * windowMs), to: isoTime(toMinute * windowMs) };
  return { ...range, next_cursor, ...(warnings.length === 0 ? {} : { warnings }) };
}

function lineRow(line: StatementLine, isOfAll: boolean): z.output<ReturnType<typeof lineSchema>> {
  const { minute, numbered_twice: _, ...rest } = line;
  const why = whyNot(line);
  return {
    ...doorFigures(rest, isOfAll),
    minute: isoTime(minute * windowMs),
    adds_up: why.length === 0,
    explanation: why.join('; '),
  };
}

/** What was rejected is told of all regions together or not at all. */
function doorFigures<T extends { readonly received: number; readonly rejected: number }>(
  figures: T,
  isOfAll: boolean,
): Omit<T, 'received' | 'rejected'> & { received: number | null; rejected: number | null } {
  return isOfAll ? figures : { ...figures, received: null, rejected: null };
}

function totalsRow(lines: readonly StatementLine[], isOfAll: boolean): z.output<typeof totalsSchema> {
  const { numbered_twice: _, ...total } = totalOf(lines);
  const rejected_by_code: Record<string, number> = {};
  for (const line of lines) {
    for (const [code, rejected] of Object.entries(line.rejected_by_code))
      rejected_by_code[code] = (rejected_by_code[code] ?? 0) + rejected;
  }
  return { ...doorFigures(total, isOfAll), rejected_by_code };
}

function producerRows(lines: readonly StatementLine[], isOfAll: boolean): z.output<typeof producerSchema>[] {
  const names = [...new Set(lines.map(({ producer }) => producer))].sort();
  return names.map((producer) => {
    const { numbered_twice, ...total } = totalOf(lines.filter((line) => line.producer === producer));
    const adds_up = whyNot({ ...total, numbered_twice }).length === 0;
    return { producer, ...doorFigures(total, isOfAll), adds_up };
  });
}

function hourRow(judged: JudgedHour, regions: readonly RegionEntry[]): z.output<typeof hourSchema> {
  const { regionNumber, hour, state, streamed, late, batch, served, difference, parts, why } = judged;
  return {
    region: regions.find(({ number }) => number === regionNumber)?.name ?? '',
    hour: isoTime(hour * hourMs),
    state,
    stream: streamed,
    batch: batch?.events ?? null,
    served,
    difference,
    late,
    late_added: batch?.lateAdded ?? null,
    late_twins: batch?.lateTwins ?? null,
    erased: 0,
    parts,
    explanation: why,
  };
}
