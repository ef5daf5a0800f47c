/** Looks for what does not add up (ING-6d), and keeps the holes that shards will forget. */
import { dataLossType, judgeLosses, type Loss, lossId } from '../core/account/data-loss.ts';
import { judgeHours } from '../core/account/finding.ts';
import { fateOf } from '../core/account/hole-fate.ts';
import { statementOf, totalOf, whyNot } from '../core/account/statement.ts';
import type { AlertRecord } from '../core/alert/alert-record.ts';
import { hourPrefix } from '../core/lake/part-name.ts';
import { holeOverdueMs, holesReadMax, lossHoursMax, queueRetentionMs } from '../core/protocol/limits.ts';
import { errorFields, logLine } from '../core/protocol/log-line.ts';
import type { RegionEntry } from '../core/protocol/region.ts';
import { shardsOf } from '../core/protocol/shard-plan.ts';
import { type AccountPorts, gatherAccounts } from './account-reader.ts';
import { readAlerts, readAlertsById, type StoredAlert, saveAlerts } from './alert-store.ts';
import { noteHoles, readHoles } from './hole-store.ts';
import { readHourSides } from './hour-sides.ts';
import { listParts } from './part-store.ts';

const hourMs = 3_600_000;
const dayHours = 24;

interface Place {
  readonly regionNumber: number;
  readonly hour: number;
}

/** Checks the last day, and the hours that fire; returns the alerts that have changed, which D1 has by then. */
export async function checkAccounts(
  ports: AccountPorts,
  regions: readonly RegionEntry[],
  nowMs: number,
): Promise<StoredAlert[]> {
  for (const region of regions) await keepHoles(ports, region, nowMs);
  const firing = await firingAlerts(ports.db, nowMs);
  const places = firing.map(({ record }) => placeOf(record));
  const losses = merged([
    ...(await missing(ports, regions, places, nowMs)),
    ...(await disagreeing(ports.db, regions, places, nowMs)),
    ...(await lostParts(ports, regions, places, nowMs)),
  ]).slice(0, lossHoursMax);
  const known = new Map(firing.map((alert) => [alert.record.id, alert]));
  const others = losses.map(lossId).filter((id) => !known.has(id));
  for (const alert of await readAlertsById(ports.db, others)) known.set(alert.record.id, alert);
  const records = new Map([...known].map(([id, { record }]) => [id, record]));
  const changed = judgeLosses(losses, places, records, nowMs);
  await saveAlerts(ports.db, changed);
  return changed.map((record) => ({
    record,
    acknowledgement: known.get(record.id)?.acknowledgement ?? null,
  }));
}

const placeOf = ({ regionNumber, windowMinute }: AlertRecord): Place => ({
  regionNumber,
  hour: Math.floor(windowMinute / 60),
});

async function keepHoles(ports: AccountPorts, region: RegionEntry, nowMs: number): Promise<void> {
  for (const address of shardsOf([region])) {
    try {
      const told = await ports.shard(address).doors();
      if (told) await noteHoles(ports.db, address, told, nowMs - holeOverdueMs);
    } catch (error) {
      // The next check asks again; a shard remembers for days.
      console.warn(logLine('warn', 'doors_unread', { ...address, ...errorFields(error) }));
    }
  }
}

async function firingAlerts(db: D1Database, nowMs: number): Promise<StoredAlert[]> {
  const filter = { fromMs: 0, toMs: nowMs + hourMs, alertType: dataLossType, state: 'firing' } as const;
  return await readAlerts(db, filter, { limit: lossHoursMax, after: null });
}

/** Numbers that became missing within the last day; of hours that fire whenever they did. */
async function missing(
  ports: AccountPorts,
  regions: readonly RegionEntry[],
  firing: readonly Place[],
  nowMs: number,
): Promise<Loss[]> {
  const time = { fromMs: nowMs - queueRetentionMs - dayHours * hourMs, toMs: nowMs, limit: holesReadMax };
  const numbers = regions.map(({ number }) => number);
  const suspects = new Map(firing.map((place) => [lossId(place), place]));
  for (const hole of await readHoles(ports.db, numbers, time)) {
    const place = { regionNumber: hole.regionNumber, hour: Math.floor(hole.receivedAtMs / hourMs) };
    if (fateOf(hole.receivedAtMs, nowMs) === 'missing') suspects.set(lossId(place), place);
  }
  const losses: Loss[] = [];
  for (const { regionNumber, hour } of [...suspects.values()].slice(0, lossHoursMax)) {
    const region = regions.find(({ number }) => number === regionNumber);
    if (!region) continue;
    const range = { fromMinute: hour * 60, toMinute: hour * 60 + 60 };
    const sources = await gatherAccounts(ports, { regions: [region], isOfAll: false, ...range }, nowMs);
    const total = totalOf(statementOf(sources, range.fromMinute, range.toMinute));
    const why = whyNot(total);
    const events = total.missing + Math.abs(total.numbered_twice);
    if (why.length > 0) losses.push({ regionNumber, region: region.name, hour, events, why });
  }
  return losses;
}

async function disagreeing(
  db: D1Database,
  regions: readonly RegionEntry[],
  firing: readonly Place[],
  nowMs: number,
): Promise<Loss[]> {
  const hour = Math.floor(nowMs / hourMs);
  const sides = await readHourSides(db, regions, hour - dayHours - 2, hour + 1);
  for (const place of firing) {
    const region = regions.filter(({ number }) => number === place.regionNumber);
    if (place.hour < hour - dayHours - 2)
      sides.push(...(await readHourSides(db, region, place.hour, place.hour + 1)));
  }
  return judgeHours(sides).flatMap((judged): Loss[] => {
    const region = regions.find(({ number }) => number === judged.regionNumber)?.name;
    if (judged.state !== 'fault' || region === undefined) return [];
    const { batch, streamed, late, served } = judged;
    const held = batch?.events ?? 0;
    const off = Math.max(
      Math.abs(held - (streamed + late - (batch?.lateTwins ?? 0))),
      Math.abs(held - (served ?? held)),
    );
    return [{ regionNumber: judged.regionNumber, region, hour: judged.hour, events: off, why: [judged.why] }];
  });
}

/** A list of R2 for each hour of a region: two hours of all regions at each check, so that each is looked at twice. */
const looksBackHours = [3, dayHours + 1];

async function lostParts(
  { db, bucket }: AccountPorts,
  regions: readonly RegionEntry[],
  firing: readonly Place[],
  nowMs: number,
): Promise<Loss[]> {
  const now = Math.floor(nowMs / hourMs);
  const losses: Loss[] = [];
  for (const region of regions) {
    const own = firing.filter(({ regionNumber }) => regionNumber === region.number).map(({ hour }) => hour);
    for (const hour of new Set([...looksBackHours.map((back) => now - back), ...own])) {
      const listed = await listParts(db, region.number, hour, hour + 1);
      if (listed.length === 0) continue;
      const there = await namesIn(bucket, hourPrefix(region.name, hour));
      const gone = listed.filter(({ name }) => !there.has(name));
      if (gone.length === 0) continue;
      const events = gone.reduce((sum, part) => sum + part.events, 0);
      const why = [`${gone.length} of its parts are gone from R2, with ${events} events`];
      losses.push({ regionNumber: region.number, region: region.name, hour, events, why });
    }
  }
  return losses;
}

async function namesIn(bucket: R2Bucket, prefix: string): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for (let cursor: string | undefined, more = true; more; ) {
    const page: R2Objects = await bucket.list({ prefix, ...(cursor === undefined ? {} : { cursor }) });
    for (const { key } of page.objects) names.add(key);
    more = page.truncated;
    cursor = page.truncated ? page.cursor : undefined;
  }
  return names;
}

/** One loss an hour of a region, the gravest first. */
function merged(losses: readonly Loss[]): Loss[] {
  const byId = new Map<string, Loss>();
  for (const loss of losses) {
    const held = byId.get(lossId(loss));
    const joined = held && { ...held, events: held.events + loss.events, why: [...held.why, ...loss.why] };
    byId.set(lossId(loss), joined ?? loss);
  }
  return [...byId.values()].sort((a, b) => b.events - a.events);
}
