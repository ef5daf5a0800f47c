/** The records of a day as a file in place of requests: what another stack is fed with, to compare it with this one. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import type { Expectation } from './scenario.ts';
import type { SendPlan } from './send-plan.ts';

/** A piece of the day that is made and written at once. */
const stepMs = 60_000;

/** Records by what is to become of them. */
export type Written = Readonly<Record<Expectation, number>>;

/**
 * Writes one record a line (NDJSON, but for those that the scenarios break) in the order in which they would be sent,
 * over whatever is at `path`. Rejects as the file system does.
 */
export async function writeDay(plan: SendPlan, path: string, untilMs: number): Promise<Written> {
  const written = { accepted: 0, twin: 0, late: 0, rejected: 0 };
  const file = createWriteStream(path);
  const done = finished(file);
  try {
    while (plan.takenTo < untilMs) {
      const records = plan.take(Math.min(untilMs, plan.takenTo + stepMs));
      for (const { expected } of records) written[expected]++;
      const hasRoom = file.write(records.map(({ text }) => `${text}\n`).join(''));
      if (!hasRoom) await Promise.race([done, new Promise<void>((resolve) => file.once('drain', resolve))]);
    }
  } finally {
    file.end();
  }
  await done;
  return written;
}
