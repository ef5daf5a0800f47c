/** A door, and keys in its database; the meters are the real objects unless others are put in their place. */
import { env } from 'cloudflare:workers';
import type { KeyEnvironment } from '../../../core/access/key-format.ts';
import { createKey, type IngestKey, type KeyGrant } from '../../../storage/key-store.ts';
import type { Env } from '../../../workers/env.ts';
import { eventsRequest, type TestDoor, views } from './recording-env.ts';

const openLimits = { eventsPerSecond: 100_000, bytesPerSecond: 100_000_000, eventsPerDay: null };

export interface MadeKey {
  readonly text: string;
  readonly key: IngestKey;
  readonly bearer: { readonly authorization: string };
}

export async function makeKey(
  grant: Partial<KeyGrant> = {},
  environment: KeyEnvironment = 'local',
): Promise<MadeKey> {
  const whole = { account: 'player', name: 'a test', regions: null, limits: openLimits, expiresAtMs: null };
  const by = { createdBy: 'test', nowMs: 1_795_176_000_000 };
  const made = await createKey(env.DB, environment, { ...whole, ...grant }, by);
  return { ...made, bearer: { authorization: `Bearer ${made.text}` } };
}

/** Posts `count` views with a key. */
export async function sendWith(door: TestDoor, { bearer }: MadeKey, count = 1): Promise<Response> {
  return await door.send(eventsRequest(views(count), bearer));
}

/** A namespace of meters whose every call is answered by `lend`. */
export function metersOf(lend: (keyId: string) => Promise<unknown>): Env['KEY_METER'] {
  return {
    idFromName: (name: string) => name,
    get: (name: string) => ({ lend: () => lend(name) }),
  } as unknown as Env['KEY_METER'];
}

/** A database that counts the statements that name `word`. */
export function countingDatabase(word: string): { readonly db: D1Database; count: number } {
  const counting = {
    count: 0,
    db: new Proxy(env.DB, {
      get(target, name) {
        if (name === 'prepare') {
          return (sql: string) => {
            if (sql.includes(word)) counting.count++;
            return target.prepare(sql);
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    }),
  };
  return counting;
}
