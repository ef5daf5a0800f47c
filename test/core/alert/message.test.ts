import { expect, test } from 'vitest';
import type { AlertRule } from '../../../core/alert/alert-rule.ts';
import { alertMessage } from '../../../core/alert/message.ts';
import type { Cause } from '../../../core/alert/track.ts';
import { highError, latenessCut, lowSuccess, m0, noData } from './alert-fixture.ts';

const told = (rule: AlertRule, key: string | null, cause: Partial<Cause>): string =>
  alertMessage(rule, 'EU-London', key, { pendingMinute: m0, minute: m0, value: 0, attempts: null, ...cause });

test('[ALR-1] a message says what is wrong, where, when and by how much', () => {
  expect([
    told(lowSuccess, null, { value: 0.8125, attempts: 1600 }),
    told(highError, null, { minute: m0 + 2, value: 0.25, attempts: 120 }),
    told({ ...lowSuccess, dimension: 'content' }, 'movie-7', { value: 0, attempts: 1 }),
    told({ ...highError, dimension: 'device' }, 'tv', { minute: m0 + 2, value: 1, attempts: 60 }),
    told(lowSuccess, null, { value: 0.89996, attempts: 100_000 }),
    told(highError, null, { minute: m0 + 2, value: 0.10001, attempts: 100_000 }),
    told(noData, null, { value: 5 }),
    told(latenessCut, null, { value: 1 }),
    told(latenessCut, null, { value: 3 }),
  ]).toMatchInlineSnapshot(`
    [
      "Downloads are failing in EU-London: only 81.2 % of 1600 downloads succeeded in the minute from 12:00 UTC (the limit is 90.0 %).",
      "Downloads are failing in EU-London: 25.0 % of 120 downloads failed in 3 minutes in a row up to 12:03 UTC (at most 10.0 %).",
      "Downloads are failing in EU-London, content movie-7: none of 1 download succeeded in the minute from 12:00 UTC (the limit is 90.0 %).",
      "Downloads are failing in EU-London, device tv: all of 60 downloads failed in 3 minutes in a row up to 12:03 UTC (at most 10.0 %).",
      "Downloads are failing in EU-London: only 89.9 % of 100000 downloads succeeded in the minute from 12:00 UTC (the limit is 90.0 %).",
      "Downloads are failing in EU-London: 10.1 % of 100000 downloads failed in 3 minutes in a row up to 12:03 UTC (at most 10.0 %).",
      "No events from EU-London for 5 minutes, though it had traffic before.",
      "EU-London holds more events than it can tell twins among: 1 window ended the allowed lateness early. Late events of those minutes are left out of the live numbers.",
      "EU-London holds more events than it can tell twins among: 3 windows ended the allowed lateness early. Late events of those minutes are left out of the live numbers.",
    ]
  `);
});
