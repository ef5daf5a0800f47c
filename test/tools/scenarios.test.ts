import { describe, expect, test, vi } from 'vitest';
import type { ProducedEvent } from '../../tools/producer/event.ts';
import { trafficRegions } from '../../tools/producer/regions.ts';
import type { OutgoingRecord, Scenario } from '../../tools/producer/scenario.ts';
import { chooseScenarios } from '../../tools/producer/scenario-list.ts';
import { SendPlan } from '../../tools/producer/send-plan.ts';
import { Traffic } from '../../tools/producer/traffic.ts';

// Making traffic takes processor time, of which a busy machine gives little.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

// Not on a minute, nor on a second. Scenarios begin at 18:32.
const from = Date.UTC(2026, 10, 20, 18, 30, 17, 345);
const begins = Date.UTC(2026, 10, 20, 18, 32);
const minute = 60_000;
const options = { seed: 7, rate: 50 };

function scenarios(scenario: string, others: { region?: string; for?: string } = {}): readonly Scenario[] {
  const chosen = chooseScenarios({ scenario, ...others }, options.seed, from);
  if (!chosen.ok) throw new Error(chosen.message);
  return chosen.scenarios;
}

const traffic = (scenario: string, fromMs = from) =>
  new Traffic({ ...options, scenarios: scenarios(scenario) }, fromMs);
/** Of the first twenty minutes, each scenario's made once. */
const made = new Map<string, readonly ProducedEvent[]>();
function events(scenario: string, minutes: number): readonly ProducedEvent[] {
  const all = made.get(scenario) ?? traffic(scenario).take(from + 20 * minute);
  made.set(scenario, all);
  return all.filter(({ timestamp }) => timestamp < from + minutes * minute);
}
const records = (scenario: string, minutes: number) =>
  new SendPlan(traffic(scenario)).take(from + minutes * minute);

const isDownload = ({ event_type }: ProducedEvent) => event_type === 'download';
const share = <T>(of: readonly T[], isOne: (one: T) => boolean) => of.filter(isOne).length / of.length;

describe('whatever happens is a function of the options and the time', () => {
  const all = 'outage,viral,messy,silent';
  const sizes = [1, 20, 200, 999, 1000, 1001, 61_000, 5, 0, 300_000, 90_000];

  test('again the same, and in whatever pieces', () => {
    const plan = new SendPlan(traffic(all));
    const pieces: OutgoingRecord[] = [];
    for (const size of sizes) pieces.push(...plan.take(plan.takenTo + size));
    expect(pieces.length).toBeGreaterThan(10_000);
    expect(pieces).toEqual(new SendPlan(traffic(all)).take(plan.takenTo));
    const due = pieces.map(({ dueMs }) => dueMs);
    expect(due).toEqual(due.toSorted((a, b) => a - b));
  });

  test('a producer that begins later goes on with the same events', () => {
    const later = begins + 3 * minute + 789;
    const rest = traffic('outage,viral,silent', later).take(later + 5 * minute);
    const wanted = events('outage,viral,silent', 12).filter(
      ({ timestamp }) => timestamp >= later && timestamp < later + 5 * minute,
    );
    expect(rest.length).toBeGreaterThan(5_000);
    expect(rest).toEqual(wanted);
  });

  test('a plan that goes on from a due time sends what the one before has left', () => {
    const untilMs = from + 10 * minute;
    const whole = new SendPlan(traffic('messy'), { untilMs });
    const dueFromMs = from + 7 * minute + 123;
    const rest = new SendPlan(traffic('messy'), { untilMs, dueFromMs });
    const all = whole.take(whole.endMs);
    expect(rest.take(rest.endMs)).toEqual(all.filter(({ dueMs }) => dueMs >= dueFromMs));
    expect(all.at(-1)?.dueMs).toBeGreaterThan(untilMs + 10 * minute);
    expect(all.every(({ event }) => event.timestamp < untilMs + 5 * minute)).toBe(true);
    expect(whole.take(whole.endMs + 60 * minute)).toEqual([]);
  });
});

describe('normal', () => {
  test('changes nothing, and is told as it happens', () => {
    const plain = new Traffic(options, from).take(from + 2 * minute);
    expect(events('normal', 2)).toEqual(plain);
    expect(records('normal', 2)).toEqual(
      plain.map((event) => ({
        dueMs: event.timestamp,
        text: JSON.stringify(event),
        event,
        expected: 'accepted',
        code: null,
      })),
    );
  });
});

describe('outage', () => {
  const isHit = ({ region, timestamp }: ProducedEvent) =>
    region === 'EU-London' && timestamp >= begins && timestamp < begins + 5 * minute;

  test('most downloads of the region fail for five minutes, none of them has arrived', () => {
    const hit = events('outage', 10).filter((event) => isHit(event) && isDownload(event));
    expect(hit.length).toBeGreaterThan(150);
    expect(share(hit, ({ status }) => status === 'failed')).toBeGreaterThan(0.65);
    expect(share(hit, ({ status }) => status === 'failed')).toBeLessThan(0.8);
    const failed = hit.filter(({ status }) => status === 'failed');
    expect(failed.every(({ error_code, speed_mbps, bytes }) => error_code && !speed_mbps && !bytes)).toBe(
      true,
    );
  });

  test('all else is as on any day, and every event keeps its identity', () => {
    const normal = events('normal', 10);
    const after = events('outage', 10);
    const untouched = (event: ProducedEvent) => !isHit(event) || !isDownload(event);
    expect(after.filter(untouched)).toEqual(normal.filter(untouched));
    const identity = ({ event_id, timestamp, region, session_id }: ProducedEvent) =>
      [event_id, timestamp, region, session_id].join();
    expect(after.map(identity)).toEqual(normal.map(identity));
  });
});

describe('viral', () => {
  const settled = events('viral', 20).filter(({ timestamp }) => timestamp >= begins + minute);
  const views = settled.filter(({ event_type }) => event_type === 'view');
  const hit = [...Map.groupBy(views, ({ content_id }) => content_id)].sort(
    (a, b) => b[1].length - a[1].length,
  )[0];
  const isHit = ({ content_id }: ProducedEvent) => content_id === hit?.[0];

  test.each(trafficRegions.filter(({ weight }) => weight >= 8).map(({ name }) => name))(
    'one title takes half of the views and downloads of %s',
    (region) => {
      for (const those of [views, settled.filter(isDownload)].map((of) =>
        of.filter((one) => one.region === region),
      )) {
        expect(those.length).toBeGreaterThan(100);
        expect(share(those, isHit)).toBeGreaterThan(0.4);
        expect(share(those, isHit)).toBeLessThan(0.6);
      }
    },
  );

  test('its rise takes a minute; before it all is as on any day', () => {
    const all = events('viral', 8).filter((event) => event.event_type === 'view' || isDownload(event));
    const of = (fromMs: number, seconds: number) =>
      share(
        all.filter(({ timestamp }) => timestamp >= fromMs && timestamp < fromMs + seconds * 1000),
        isHit,
      );
    const [before, rising, risen] = [of(begins - minute, 60), of(begins, 60), of(begins + minute, 300)];
    expect(before).toBeLessThan(0.02);
    expect(rising).toBeGreaterThan(0.15);
    expect(rising).toBeLessThan(0.35);
    expect(risen).toBeGreaterThan(0.45);
    expect(risen).toBeLessThan(0.55);
    const early = ({ timestamp }: ProducedEvent) => timestamp < begins;
    expect(events('viral', 8).filter(early)).toEqual(events('normal', 8).filter(early));
  });

  test('who watches it begins with a view and stays with its length', () => {
    const sessions = Map.groupBy(events('viral', 20), ({ session_id }) => session_id);
    const wrong = [...sessions.values()].filter((session) =>
      session.some(
        (event, n) => event.content_id !== session[n - 1]?.content_id && n > 0 && event.event_type !== 'view',
      ),
    );
    expect(wrong).toEqual([]);
  });
});

describe('silent', () => {
  test('nothing is heard of the region, and all of the others', () => {
    const isGone = ({ region, timestamp }: ProducedEvent) => region === 'OC-Sydney' && timestamp >= begins;
    const normal = events('normal', 6);
    expect(share(normal, isGone)).toBeGreaterThan(0.01);
    expect(events('silent', 6)).toEqual(normal.filter((event) => !isGone(event)));
  });

  test('for so long, if asked', () => {
    const some = new Traffic({ ...options, scenarios: scenarios('silent', { for: '2' }) }, from);
    const heard = some.take(from + 8 * minute).filter(({ region }) => region === 'OC-Sydney');
    expect(heard.some(({ timestamp }) => timestamp >= begins && timestamp < begins + 2 * minute)).toBe(false);
    expect(heard.some(({ timestamp }) => timestamp >= begins + 2 * minute)).toBe(true);
  });
});

describe('messy', () => {
  const sent = records('messy', 25);
  const of = (...expected: readonly string[]) => sent.filter((record) => expected.includes(record.expected));
  const latenessMs = ({ dueMs, event }: OutgoingRecord) => dueMs - event.timestamp;

  test('a tenth comes twice, in the same request and in later ones', () => {
    const copies = Map.groupBy(sent, ({ event }) => event.event_id);
    expect(share([...copies.values()], ({ length }) => length === 2)).toBeCloseTo(0.1, 1);
    const twins = [...copies.values()].filter(([, twin]) => twin?.expected === 'twin');
    expect(twins.every(([first, twin]) => first?.text === twin?.text && first?.expected === 'accepted')).toBe(
      true,
    );
    const apart = twins.map(([first, twin]) => (twin?.dueMs ?? 0) - (first?.dueMs ?? 0));
    expect(share(apart, (ms) => ms === 0)).toBeCloseTo(0.5, 1);
    expect(Math.max(...apart)).toBeLessThanOrEqual(minute);
  });

  test('three in a hundred come late, most of them in time to count', () => {
    const late = sent.filter((record) => record.expected !== 'rejected' && latenessMs(record) > 5 * minute);
    expect(late.length).toBeGreaterThan(500);
    const counts = late.filter(({ expected }) => expected !== 'late');
    expect(Math.max(...counts.map(latenessMs))).toBeLessThanOrEqual(9 * minute);
    expect(Math.min(...of('late').map(latenessMs))).toBeGreaterThanOrEqual(12 * minute);
    expect(of('late').length / sent.length).toBeGreaterThan(0.002);
  });

  test('broken, wrong and far-future ones, each with the code that refuses it', () => {
    const bad = of('rejected');
    expect(bad.length / sent.length).toBeCloseTo(0.025, 2);
    const codes = new Set(bad.map(({ code }) => code));
    const wanted = [
      'invalid_json',
      'wrong_type',
      'missing_field',
      'unknown_region',
      'time_in_future',
    ] as const;
    expect(wanted.filter((code) => !codes.has(code))).toEqual([]);
    const broken = bad.filter(({ code }) => code === 'invalid_json');
    expect(
      broken.filter(({ text }) => text === '' || /\s/.test(text[0] ?? '') || text.includes('\n')),
    ).toEqual([]);
    for (const { text } of broken) expect(() => JSON.parse(text) as unknown).toThrow();
    expect(of('accepted', 'twin', 'late').filter(({ code }) => code !== null)).toEqual([]);
  });

  test('some viewers have a clock that is minutes wrong, always by the same', () => {
    const onTime = of('accepted').filter(
      (record) => !isDownload(record.event) && latenessMs(record) < minute,
    );
    const ahead = onTime.filter((record) => latenessMs(record) < 0);
    expect(share(onTime, (record) => latenessMs(record) < 0)).toBeGreaterThan(0.003);
    expect(Math.min(...ahead.map(latenessMs))).toBeGreaterThanOrEqual(-4 * minute);
    for (const ofUser of Map.groupBy(ahead, ({ event }) => event.user_id).values())
      expect(new Set(ofUser.map(latenessMs)).size).toBe(1);
  });
});

describe('choosing', () => {
  const failure = (wishes: Parameters<typeof chooseScenarios>[0]) => {
    const chosen = chooseScenarios(wishes, 1, from);
    return chosen.ok ? '' : chosen.message;
  };
  const stories = (wishes: Parameters<typeof chooseScenarios>[0]) => {
    const chosen = chooseScenarios(wishes, 1, from);
    return chosen.ok ? chosen.scenarios.map(({ story }) => story) : [chosen.message];
  };

  test('several, each with its region and times', () => {
    expect(
      stories({ scenario: 'outage:EU-Paris, outage,silent', region: 'AF-Johannesburg', at: '19:05' }),
    ).toEqual([
      'EU-Paris fails 70 % of its downloads from 19:05:00 to 19:10:00 UTC',
      'AF-Johannesburg fails 70 % of its downloads from 19:05:00 to 19:10:00 UTC',
      'AF-Johannesburg is silent from 19:05:00 UTC on',
    ]);
    expect(stories({ scenario: 'outage', at: '+30', for: '0.5' })[0]).toContain('from 18:30:47 to 18:31:17');
    expect(stories({ scenario: 'outage', at: '2026-11-21T01:00:00+01:00' })[0]).toContain('from 00:00:00');
    expect(stories({ scenario: 'outage' })[0]).toContain('from 18:32:00 to 18:37:00');
    expect(stories({ scenario: 'normal' })).toEqual([]);
  });

  test('the wrong words are answered with the right ones', () => {
    expect(failure({ scenario: 'flood' })).toMatch(/"flood".*normal.*outage.*viral.*messy.*silent/s);
    expect(failure({ scenario: 'outage', region: 'EU-Rome' })).toMatch(/"EU-Rome".*EU-London, EU-Frankfurt/);
    expect(failure({ scenario: 'outage:' })).toMatch(/region ""/);
    expect(failure({ scenario: '' })).toMatch(/scenario ""/);
    expect(failure({ scenario: 'viral', region: 'EU-Paris' })).toMatch(/--region goes with/);
    expect(failure({ scenario: 'viral:EU-Paris' })).toMatch(/everywhere/);
    for (const at of ['25:00', '7', 'noon', '+x', '2026-02-30T00:00'])
      expect(failure({ scenario: 'outage', at })).toMatch(`"${at}"`);
    for (const minutes of ['0', '-1', 'x', ''])
      expect(failure({ scenario: 'outage', for: minutes })).toMatch(/--for/);
  });
});
