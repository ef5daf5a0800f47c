/** The day of users (BAT-4): their records, cut into partitions that fit memory, and summed user by user. */
import { pseudonymText } from '../protocol/identity.ts';
import type { UserRecord, UserRecords } from './user-records.ts';

/** One user in one region on one day. */
export interface UserDay {
  /** Version of the key that made the pseudonym, and the pseudonym: `1-00f3...`, 16 hex digits. */
  readonly user: string;
  readonly events: number;
  /** Distinct contents of which there is a view. */
  readonly films: number;
  readonly durationMs: number;
  /** Events that tell a duration. */
  readonly durations: number;
}

/**
 * Cuts reduced records, which ascend by pseudonym, into `of` partitions by ranges of it: where each begins, and the end.
 * A user is in one partition, whatever records they are in.
 */
export function partitionStarts(records: UserRecords, of: number): number[] {
  const starts = [0];
  for (let i = 0; i < records.count; i++) {
    const partition = Math.floor((records.at(i).userHi * of) / 2 ** 32);
    while (starts.length <= partition) starts.push(i);
  }
  while (starts.length <= of) starts.push(records.count);
  return starts;
}

/** One row a user, in the order of reduced records. */
export function* sumUsers(records: UserRecords): Generator<UserDay> {
  let first = 0;
  while (first < records.count) {
    const one = records.at(first);
    let [events, films, durationMs, durations] = [0, 0, 0, 0];
    let next = first;
    for (; next < records.count; next++) {
      const record = records.at(next);
      if (!isSameUser(record, one)) break;
      events += record.events;
      durationMs += record.durationMs;
      durations += record.durations;
      if (record.contentHi !== 0 || record.contentLo !== 0) films++;
    }
    yield { user: userText(one), events, films, durationMs, durations };
    first = next;
  }
}

function isSameUser(a: UserRecord, b: UserRecord): boolean {
  return a.userHi === b.userHi && a.userLo === b.userLo && a.version === b.version;
}

function userText({ version, userHi, userLo }: UserRecord): string {
  return pseudonymText(version, { hi: userHi, lo: userLo });
}

/** The users with the most events; of equals, the lesser text. */
export class TopUsers {
  readonly #limit: number;
  #held: UserDay[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(user: UserDay): void {
    this.#held.push(user);
    // Cut now and then only: sorting at each user would cost more than all the rest.
    if (this.#held.length >= this.#limit * 4 + 16) this.#held = this.list();
  }

  list(): UserDay[] {
    return this.#held.toSorted(byEvents).slice(0, this.#limit);
  }
}

function byEvents(a: UserDay, b: UserDay): number {
  return b.events - a.events || (a.user < b.user ? -1 : 1);
}
