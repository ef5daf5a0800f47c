/**
 * Imported first of all: the whole Worker lives by a clock that stands until a run sets it on, and alarms go off when
 * it has reached them. So a day of the pipeline takes a minute, and counts are the same each time.
 */
import { count } from './tally.ts';

let nowMs = 0;
/** When the clock flows: what the platform's clock said as it was set. */
let flowsSinceMs: number | null = null;
const platformNow = Date.now.bind(Date);
const Platform = Date;

function now(): number {
  if (nowMs === 0) return platformNow();
  return flowsSinceMs === null ? nowMs : nowMs + platformNow() - flowsSinceMs;
}

globalThis.Date = new Proxy(Platform, {
  construct: (target, args: [], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
  apply: () => new Platform(now()).toString(),
  get: (target, name, receiver): unknown => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});

export function setClock(atMs: number, flows: boolean): void {
  nowMs = atMs;
  flowsSinceMs = flows ? platformNow() : null;
}

export interface DueAlarm {
  readonly className: string;
  readonly id: string;
  readonly atMs: number;
}

const alarms = new Map<string, DueAlarm>();
const owners = new WeakMap<object, { readonly className: string; readonly id: string }>();
const patched = new WeakSet<object>();

/** For the constructor of every object. */
export function holdAlarms(ctx: DurableObjectState, className: string): void {
  const { storage } = ctx;
  const owner = { className, id: ctx.id.toString() };
  owners.set(storage, owner);
  const prototype = Object.getPrototypeOf(storage) as DurableObjectStorage;
  if (patched.has(prototype)) return;
  patched.add(prototype);
  const ownerOf = (of: object) => owners.get(of) ?? owner;
  prototype.setAlarm = function (this: object, at: number | Date) {
    const { className: name, id } = ownerOf(this);
    count('objectRowsWritten', `${name} alarm`);
    alarms.set(id, { className: name, id, atMs: Number(at) });
    return Promise.resolve();
  };
  prototype.getAlarm = function (this: object) {
    return Promise.resolve(alarms.get(ownerOf(this).id)?.atMs ?? null);
  };
  prototype.deleteAlarm = function (this: object) {
    const { className: name, id } = ownerOf(this);
    if (alarms.delete(id)) count('objectRowsWritten', `${name} alarm`);
    return Promise.resolve();
  };
}

/** The first that is due by then, taken: the platform takes it away before the handler runs. */
export function takeAlarm(byMs: number): DueAlarm | null {
  let first: DueAlarm | null = null;
  for (const alarm of alarms.values()) {
    const isFirst = !first || alarm.atMs < first.atMs || (alarm.atMs === first.atMs && alarm.id < first.id);
    if (alarm.atMs <= byMs && isFirst) first = alarm;
  }
  if (first) alarms.delete(first.id);
  return first;
}

export function pendingAlarms(): DueAlarm[] {
  return [...alarms.values()];
}
