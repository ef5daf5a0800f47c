// What was wrong in the product and was found by breaking it: named in docs/reliability.md with the test that holds it now.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap.mjs';

interface Found {
  readonly by: string;
  readonly what: string;
  readonly test: string;
}

const byFire: readonly Found[] = [
  {
    by: '`d1-down`',
    what: '60 s into an outage of D1 the door answered 500 and the consumer put everything off: the registry of regions was believed for a minute only',
    test: 'test/storage/registry-and-settings.test.ts, test/workers/ingest/keys.test.ts',
  },
  {
    by: '`memory`',
    what: 'a shard at its caps held more than 80 MB: sets of identities were up to four times as large as what they held, and a followed session took some 190 bytes',
    test: 'test/core/window/sets.test.ts; `npm run fire -- --only memory`',
  },
  {
    by: '`identities`',
    what: 'a window that died in the call that had just counted into it (its shard was over the cap) was not told to the hub: viewers saw the numbers of before',
    test: 'test/core/window/outbox.test.ts',
  },
  {
    by: '`failpoints`',
    what: 'a run whose instance was killed between its making and its beginning stood for a day: the local runtime says for ever that it is queued, and the watchdog left it there',
    test: 'test/storage/set-going.test.ts',
  },
  {
    by: 'simulation of hubs',
    what: 'a region that died between its commit and its push, and whose window was in D1 and let go before the hub asked again, was never told of: viewers saw the minute as it was before, for up to an hour',
    test: 'test/core/live/hub-simulation.test.ts, test/core/live/joining.test.ts',
  },
  {
    by: 'writing the simulation of the batch layer',
    what: 'a step of a run that was given up and went on could overwrite what the run had kept since it had begun anew over more parts: the hour then lacked late events, and counted as computed',
    test: 'test/workers/batch/hour-run.test.ts',
  },
  {
    by: 'simulation of days and sessions',
    what: 'a run over the sessions of an hour that was slow to clear removed what a newer run had put down and not yet said to stand: the lake then lacked sessions, and the next hour what it goes on from',
    test: 'test/workers/batch/session-run.test.ts',
  },
  {
    by: 'writing the simulation of days and sessions',
    what: 'a step that was given up and ended behind the cleaning of a newer run left its file in the lake: users of a day, or sessions, were there twice, and no retention removed those of sessions',
    test: 'test/workers/batch/session-run.test.ts, test/workers/batch/day-run.test.ts, test/storage/warehouse/session-retention.test.ts',
  },
  {
    by: 'writing the simulation of days and sessions',
    what: 'sessions of a run that died before it said to be done were replaced by the next without the sums of their days and films',
    test: 'test/workers/batch/session-run.test.ts',
  },
  {
    by: 'writing the simulation of imports',
    what: 'a load that was given up and ended late wrote over what a newer import had loaded',
    test: 'test/workers/etl/run-step.test.ts',
  },
  {
    by: 'writing the simulation of imports',
    what: 'a file that was replaced between two tries of the first step over it could be loaded in parts of both versions, or tell the rejects of both',
    test: 'test/workers/etl/run-step.test.ts',
  },
  {
    by: 'writing the simulation of imports',
    what: 'an import that moved sessions to other days and failed twice left the sums of the old days as they were, for good',
    test: 'test/workers/etl/run-step.test.ts',
  },
  {
    by: 'writing the simulation of imports',
    what: 'a step of an import that lasted too long and was tried again beside itself shared its set of keys with the new try: of two rows with one key both could be taken',
    test: 'test/workers/etl/run-step.test.ts',
  },
];

interface KeptSeed {
  readonly seed: number;
  readonly steps: number;
  readonly why: string;
}

/** Those of the simulation too: each is a seed that is played again in every run of the tests. */
export function allFound(): Found[] {
  const kept = JSON.parse(readFileSync(join(root, 'test/sim/kept-seeds.json'), 'utf8')) as KeptSeed[];
  return [
    ...byFire,
    ...kept.map(({ seed, steps, why }) => ({
      by: 'simulation',
      what: why,
      test: `test/sim/region.test.ts, seed ${seed} of ${steps} steps`,
    })),
  ];
}

/** Bugs that were planted, and what catches each; the tests are planted.test.ts and versions.test.ts in test/sim, and planted.test.ts in test/sim/workflows. */
export const planted: readonly (readonly [string, string])[] = [
  ['no identities', '`[DUP-1] every identity is new`'],
  [
    'acknowledged before the commit',
    '`[LOG-1] a message that is acknowledged before its chunks are committed`',
  ],
  ['no guard of revisions in D1', '`[DUP-2] D1 without the guard of revisions`'],
  [
    'adding instead of replacing',
    '`[LIV-1, LOG-5] D1 that adds a state to the one before instead of replacing it`',
  ],
  [
    'a watermark that is not clamped',
    '`[WIN-3] the watermark follows event times that are ahead of the server`',
  ],
  ['a log that is trimmed before R2 confirms', '`[LAK-1, LOG-5b] a row that is trimmed before it is sealed`'],
  ['a seal plan that is not kept', '`[LAK-1] a seal plan that is not kept`'],
  ['numbers of doors ignored', '`[LOG-4] the numbers of doors are ignored`'],
  [
    "a step's result kept before its write",
    '`[BAT-1] the result of a step is kept before what the step writes`',
  ],
  [
    'an older generation that wins',
    '`[DUP-2] what the stream writes late takes the place of a newer generation`',
  ],
  [
    'an old version that drops a field which it does not know',
    '`[LOG-2, LOG-4] a field of the snapshot that the version before does not know, and drops`',
  ],
  [
    'a format that changes without care',
    '`[LOG-1] a chunk of a new version that reaches a shard of the version before`',
  ],
  ['a cancelled run that writes', '`[RPL-5, BAT-1] a run that was cancelled writes all the same`'],
  ['results that are no transaction', '`[RPL-3] what a run writes is no transaction`'],
  ['a day that is merged before its hours are final', '`[BAT-3] a day is merged before its hours are final`'],
  ['an older run over a day that wins', '`[BAT-3] an older run over a day writes over what a newer one has`'],
  [
    'a partition of sessions that a given-up step writes over a newer one',
    '`[SES-4] a given-up step writes its partition over that of a newer run`',
  ],
  [
    'an overtaken run over sessions that says the hour is its own',
    '`[SES-3] a run that another has overtaken says that the hour is its own`',
  ],
  [
    'a day, or an hour of sessions, that is said to be done before it is written',
    '`[BAT-3, SES-3] the result of the step that writes a day, or an hour of sessions, is kept before it`',
  ],
  [
    'an import that adds instead of replacing',
    '`[ETL-2] an import that adds to what is there instead of replacing it`',
  ],
  ['two that carry one import on', '`[ETL-2] of two that carry an import on both are believed`'],
  ['two imports at once', '`[ETL-1] a second import begins beside the one that goes on`'],
  [
    'days that lose sessions and keep their sums',
    '`[ETL-4] days from which an import moves sessions away keep their sums`',
  ],
  ['two runs over an hour at once', '`[BAT-1] a second run over an hour begins beside the one that stands`'],
];
