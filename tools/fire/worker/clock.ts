/**
 * Imported first of all: the whole Worker may live ahead of time, so that hours of events that were sent just now can
 * be sealed and computed. Alarms are set by the platform's clock, so their times are put back.
 */
import { env } from 'cloudflare:workers';
import type { FireEnv } from './fire-env.ts';

const aheadMs = Number((env as unknown as FireEnv).FIRE_CLOCK_AHEAD_MS ?? 0);
const patched = new WeakSet<object>();

if (aheadMs > 0) {
  const now = Date.now.bind(Date);
  const Real = Date;
  globalThis.Date = new Proxy(Real, {
    construct: (target, args: [], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now() + aheadMs] : args, newTarget) as Date,
    apply: () => new Real(now() + aheadMs).toString(),
    get: (target, name, receiver): unknown =>
      name === 'now' ? () => now() + aheadMs : Reflect.get(target, name, receiver),
  });
}

type Alarms = Pick<DurableObjectStorage, 'setAlarm' | 'getAlarm'>;

/** For the constructor of every object. */
export function setAlarmsBack(storage: DurableObjectStorage): void {
  const prototype = Object.getPrototypeOf(storage) as Alarms;
  if (aheadMs === 0 || patched.has(prototype)) return;
  patched.add(prototype);
  const { setAlarm, getAlarm } = prototype;
  prototype.setAlarm = async function (this: DurableObjectStorage, at: number | Date) {
    await setAlarm.call(this, Number(at) - aheadMs);
  };
  prototype.getAlarm = async function (this: DurableObjectStorage) {
    const at = await getAlarm.call(this);
    return at === null ? null : at + aheadMs;
  };
}
