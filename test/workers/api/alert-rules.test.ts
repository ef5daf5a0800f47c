// Rules as people write them: by role and region, one change after the other, noted, and known to the shards.
import { env } from 'cloudflare:workers';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type * as z from 'zod';
import { builtInRules } from '../../../core/alert/built-in-rules.ts';
import { alertRulesMax } from '../../../core/protocol/limits.ts';
import { minuteOf } from '../../../core/window/time.ts';
import { changeRuleRoute, createRuleRoute } from '../../../workers/api/alert-rule-actions.ts';
import { alertRulesRoute } from '../../../workers/api/alert-rules.ts';
import type { ruleSchema } from '../../../workers/api/alert-schema.ts';
import { brokenDatabase, problemOf } from './ask.ts';
import { askAs, cookieFor, deployment, newPerson } from './people.ts';

type RuleRow = z.output<typeof ruleSchema>;

const rule = {
  id: 'TV_ERRORS',
  alert_type: 'TV_ERRORS',
  severity: 'WARNING',
  metric: 'error_rate',
  breach: 'above',
  threshold: 0.2,
  windows: 3,
  attempts_min: 50,
  resolve_threshold: 0.15,
  resolve_windows: 2,
  dimension: 'device',
  enabled: true,
  regions: ['EU-London', 'EU-Paris'],
};
const { id: _, ...fields } = rule;
const cookies: Record<'ada' | 'bob' | 'viewer' | 'admin' | 'london' | 'none', string> = {
  ada: '',
  bob: '',
  viewer: '',
  admin: '',
  london: '',
  none: '',
};

beforeAll(async () => {
  cookies.ada = await cookieFor(await newPerson('analyst', '*', 'Ada'));
  cookies.bob = await cookieFor(await newPerson('analyst', '*', 'Bob'));
  cookies.admin = await cookieFor(await newPerson('admin', '*', 'Eve'));
  cookies.viewer = await cookieFor(await newPerson('viewer'));
  cookies.london = await cookieFor(await newPerson('analyst', ['EU-London'], 'Lou'));
});
beforeEach(async () => {
  await env.DB.exec('DELETE FROM alert_rules WHERE version > 1 OR from_minute > 0');
});

type Who = keyof typeof cookies;
const path = '/api/alerts/rules';
const send = async (who: Who, method: string, address: string, body?: unknown, bindings = deployment) =>
  await askAs(
    cookies[who],
    address,
    { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) },
    bindings,
  );
const create = async (who: Who, body: unknown) => await send(who, 'POST', path, body);
const change = async (who: Who, id: string, body: unknown) => await send(who, 'PUT', `${path}/${id}`, body);
const remove = async (who: Who, id: string, version: number) =>
  await send(who, 'DELETE', `${path}/${id}?version=${version}`);

async function rowOf(response: Response): Promise<RuleRow> {
  expect(response.status).toBe(200);
  const answer = await response.json<{ data: RuleRow }>();
  createRuleRoute.doc.answer?.parse(answer);
  return answer.data;
}

async function listed(who: Who = 'ada'): Promise<RuleRow[]> {
  const answer = await (await send(who, 'GET', path)).json<{ data: RuleRow[]; count: number }>();
  alertRulesRoute.doc.answer?.parse(answer);
  expect(answer.count).toBe(answer.data.length);
  return answer.data;
}

const own = async (who: Who = 'ada') => (await listed(who)).filter(({ built_in }) => !built_in);
const builtIn = async (id: string) => (await listed()).find((row) => row.id === id) as RuleRow;
const bodyOf = ({ id: _id, from: _from, built_in: _b, changed_at: _at, changed_by: _by, ...body }: RuleRow) =>
  body;

describe('[ALR-2] a rule is written', () => {
  test('by an analyst: it judges from the next minute on, and the list has it', async () => {
    const minute = minuteOf(Date.now());
    const made = await rowOf(await create('ada', rule));
    expect(made).toMatchObject({ ...rule, version: 1, built_in: false, changed_by: 'Ada' });
    const ahead = minuteOf(Date.parse(made.from)) - minute;
    expect(ahead === 1 || ahead === 2).toBe(true);
    expect(await own()).toEqual([made]);
  });

  test('with what is usual where nothing is said', async () => {
    const { dimension: _d, enabled: _e, regions: _r, ...least } = rule;
    const made = await rowOf(await create('ada', least));
    expect(made).toMatchObject({ dimension: 'region', enabled: true, regions: null });
  });

  test('is changed, disabled and deleted, each a version; its id may be used again', async () => {
    await create('ada', rule);
    const changed = await rowOf(await change('bob', rule.id, { version: 1, ...fields, threshold: 0.3 }));
    expect(changed).toMatchObject({ version: 2, threshold: 0.3, changed_by: 'Bob' });
    const off = await rowOf(await change('ada', rule.id, { version: 2, ...fields, enabled: false }));
    expect(off).toMatchObject({ version: 3, enabled: false });
    expect(await rowOf(await remove('ada', rule.id, 3))).toMatchObject({ version: 4, enabled: false });
    expect(await own()).toEqual([]);
    for (const response of [
      await change('ada', rule.id, { version: 4, ...fields }),
      await remove('ada', rule.id, 4),
    ])
      expect(await problemOf(response)).toMatchObject({ status: 404, code: 'not_found' });
    expect(await rowOf(await create('bob', rule))).toMatchObject({ version: 5, threshold: 0.2 });
  });

  test('and written again as it is, changes nothing: what fires goes on', async () => {
    const made = await rowOf(await create('ada', rule));
    expect(await rowOf(await change('bob', rule.id, { version: 1, ...fields }))).toEqual(made);
    expect(await rowOf(await change('bob', rule.id, bodyOf(made)))).toEqual(made);
  });

  test('that ships with the product is changed and disabled, but stays what it is', async () => {
    const held = await builtIn('NO_DATA');
    const off = await rowOf(await change('ada', held.id, { ...bodyOf(held), enabled: false, threshold: 10 }));
    expect(off).toMatchObject({ version: 2, enabled: false, threshold: 10, built_in: true });
    expect(await problemOf(await remove('admin', held.id, 2))).toMatchObject({
      status: 409,
      code: 'built_in_rule',
    });
    const other = { ...bodyOf(off), metric: 'lateness_cuts', alert_type: 'OTHER' };
    const { errors } = await problemOf(await change('ada', held.id, other));
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/alert_type', '/metric']);
    expect((await listed()).length).toBe(builtInRules.length);
  });

  test('with an id that is taken: 409', async () => {
    await create('ada', rule);
    for (const id of [rule.id, 'NO_DATA'])
      expect(await problemOf(await create('bob', { ...rule, id }))).toMatchObject({ code: 'already_exists' });
  });

  test('as often as there may be rules, and no oftener', async () => {
    for (let n = builtInRules.length; n < alertRulesMax - 1; n++)
      await env.DB.prepare(
        `INSERT INTO alert_rules SELECT ?1 || '.1', ?1, 1, alert_type, severity, metric, breach, threshold, windows,
         attempts_min, resolve_threshold, resolve_windows, dimension, 0, 1, created_at, created_by, NULL, 1
         FROM alert_rules WHERE key = 'NO_DATA.1'`,
      )
        .bind(`MADE_${n}`)
        .run();
    expect((await create('ada', rule)).status).toBe(200);
    expect(await problemOf(await create('ada', { ...rule, id: 'MORE' }))).toMatchObject({
      status: 409,
      code: 'limit_reached',
    });
    expect((await create('ada', { ...rule, id: 'MADE_10' })).status).toBe(200);
  });
});

describe('[ALR-2] what is no rule is told by field', () => {
  test.each<[Record<string, unknown>, string]>([
    [{ id: 'tv' }, '/id'],
    [{ id: 'A'.repeat(65) }, '/id'],
    [{ alert_type: "X'; DROP" }, '/alert_type'],
    [{ severity: 'LOUD' }, '/severity'],
    [{ metric: 'speed' }, '/metric'],
    [{ breach: 'below' }, '/breach'],
    [{ threshold: 1.1 }, '/threshold'],
    [{ threshold: -0.1 }, '/threshold'],
    [{ threshold: '0.5' }, '/threshold'],
    [{ windows: 0 }, '/windows'],
    [{ windows: 61 }, '/windows'],
    [{ windows: 1.5 }, '/windows'],
    [{ attempts_min: 1_000_001 }, '/attempts_min'],
    [{ resolve_threshold: 0.21 }, '/resolve_threshold'],
    [{ resolve_windows: 61 }, '/resolve_windows'],
    [{ dimension: 'user' }, '/dimension'],
    [{ enabled: 1 }, '/enabled'],
    [{ regions: [] }, '/regions'],
    [{ regions: ['EU-Nowhere'] }, '/regions'],
    [{ regions: 'EU-Paris' }, '/regions'],
    [{ metric: 'silent_minutes', breach: 'at_least', threshold: 5, resolve_threshold: 0 }, '/dimension'],
    [{ colour: 'red' }, ''],
  ])('%j', async (wrong, pointer) => {
    const refused = await problemOf(await create('ada', { ...rule, ...wrong }));
    expect(refused).toMatchObject({ status: 400, code: 'invalid_parameter' });
    expect(refused.errors?.map((error) => error.pointer)).toEqual([pointer]);
    expect(await own()).toEqual([]);
  });

  test('at the bounds it is one', async () => {
    const edge = {
      id: 'A'.repeat(64),
      windows: 60,
      resolve_windows: 60,
      attempts_min: 1_000_000,
      threshold: 1,
    };
    expect((await create('ada', { ...rule, ...edge })).status).toBe(200);
  });

  test('a change lacks no field: none is changed unseen', async () => {
    await create('ada', rule);
    for (const name of Object.keys(fields)) {
      const { [name as keyof typeof fields]: _left, ...rest } = fields;
      const { errors } = await problemOf(await change('ada', rule.id, { version: 1, ...rest }));
      expect(errors?.map(({ pointer }) => pointer)).toEqual([`/${name}`]);
    }
    const { errors } = await problemOf(await change('ada', rule.id, fields));
    expect(errors?.map(({ pointer }) => pointer)).toEqual(['/version']);
  });

  test.each(['', '?version=', '?version=0', '?version=x', '?version=1&version=1'])(
    'deleting with %j is refused',
    async (query) => {
      await create('ada', rule);
      const { errors } = await problemOf(await send('ada', 'DELETE', `${path}/${rule.id}${query}`));
      expect(errors?.map(({ parameter }) => parameter)).toEqual(['version']);
    },
  );
});

describe('[ALR-2] two who change a rule at once', () => {
  test('do not overwrite each other: who has not read the newest version is told so', async () => {
    await create('ada', rule);
    expect((await change('ada', rule.id, { version: 1, ...fields, threshold: 0.3 })).status).toBe(200);
    const late = await problemOf(await change('bob', rule.id, { version: 1, ...fields, windows: 5 }));
    expect(late).toMatchObject({ status: 409, code: 'version_conflict' });
    expect(late.detail).toMatch(/^TV_ERRORS has version 2, which Ada wrote at 20/);
    expect(await problemOf(await remove('bob', rule.id, 1))).toMatchObject({ code: 'version_conflict' });
    expect(await own()).toMatchObject([{ version: 2, threshold: 0.3, windows: 3 }]);
  });

  test('to the moment: one of ten is taken', async () => {
    await create('ada', rule);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_n, n) =>
        change(n % 2 ? 'ada' : 'bob', rule.id, { version: 1, ...fields, windows: n + 10 }),
      ),
    );
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([200, ...Array.from({ length: 9 }, () => 409)]);
    for (const answer of answers)
      if (answer.status === 200) changeRuleRoute.doc.answer?.parse(await answer.json());
    expect(await own()).toMatchObject([{ version: 2 }]);
    const ids = await Promise.all([create('ada', { ...rule, id: 'B' }), create('bob', { ...rule, id: 'B' })]);
    expect(ids.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
  });
});

describe('[ACC-1, ACC-2] who may write rules', () => {
  test('viewers may not, and see no names', async () => {
    await create('ada', rule);
    for (const response of [
      await create('viewer', { ...rule, id: 'B' }),
      await change('viewer', rule.id, { version: 1, ...fields, windows: 4 }),
      await remove('viewer', rule.id, 1),
    ])
      expect(await problemOf(response)).toMatchObject({ status: 403, code: 'forbidden' });
    expect(await own('viewer')).toMatchObject([{ version: 1, windows: 3, changed_by: 'A***' }]);
  });

  test('one limited to regions writes for these alone', async () => {
    for (const regions of [null, undefined])
      expect(await problemOf(await create('london', { ...rule, regions }))).toMatchObject({ status: 403 });
    const hidden = await problemOf(await create('london', rule));
    const absent = await problemOf(await create('london', { ...rule, regions: ['EU-London', 'EU-Nowhere'] }));
    expect({ ...hidden, request_id: '' }).toEqual({ ...absent, request_id: '' });
    expect(hidden).toMatchObject({ status: 400, errors: [{ pointer: '/regions' }] });
    const mine = { ...rule, regions: ['EU-London'] };
    expect((await create('london', mine)).status).toBe(200);
    const { id: _id, ...rest } = mine;
    expect((await change('london', rule.id, { version: 1, ...rest, windows: 4 })).status).toBe(200);
    expect((await change('london', rule.id, { version: 2, ...fields })).status).toBe(400);
    expect((await change('london', rule.id, { version: 2, ...rest, regions: null })).status).toBe(403);
    expect((await remove('london', rule.id, 2)).status).toBe(200);
  });

  test('and touches no rule that judges others too, nor hears of those that judge only others', async () => {
    await create('ada', { ...rule, id: 'BOTH' });
    await create('ada', { ...rule, id: 'PARIS', regions: ['EU-Paris'] });
    expect(await own('london')).toMatchObject([{ id: 'BOTH', regions: ['EU-London'] }]);
    const mine = { version: 1, ...fields, regions: ['EU-London'] };
    for (const id of ['BOTH', 'NO_DATA']) {
      expect(await problemOf(await change('london', id, mine))).toMatchObject({ status: 403 });
      expect(await problemOf(await remove('london', id, 1))).toMatchObject({ status: 403 });
    }
    for (const response of [await change('london', 'PARIS', mine), await remove('london', 'PARIS', 1)])
      expect(await problemOf(response)).toMatchObject({ status: 404, detail: 'There is no rule PARIS.' });
    expect(await own()).toMatchObject([{ version: 1 }, { version: 1 }]);
  });
});

test('[AUD-3] who wrote which rule is noted, with what each field was and is', async () => {
  await create('ada', rule);
  await change('bob', rule.id, { version: 1, ...fields, threshold: 0.3, regions: null });
  await change('bob', rule.id, { version: 1, ...fields });
  await remove('ada', rule.id, 2);
  const answer = await (await send('admin', 'GET', '/api/admin/audit')).json<{
    data: { action: string; target: string; result: string; details: Record<string, string> }[];
  }>();
  const lines = answer.data.slice(0, 3).map(({ details: { request_id: _r, ...details }, ...line }) => ({
    ...line,
    details,
  }));
  expect(lines).toMatchObject([
    { action: 'rule.delete', target: rule.id, result: 'ok', details: { version: '3' } },
    { action: 'rule.change', target: rule.id, result: 'ok' },
    { action: 'rule.create', target: rule.id, details: { threshold: '0.2', regions: 'EU-London EU-Paris' } },
  ]);
  expect(lines[1]?.details).toEqual({
    version: '2',
    threshold: '0.2 → 0.3',
    regions: 'EU-London EU-Paris → *',
  });
});

test('while D1 does not answer: 503', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const DB = new Proxy(env.DB, {
    get: (real, name) => {
      if (name === 'prepare')
        return (sql: string) => (sql.includes('alert_rules') ? brokenDatabase : real).prepare(sql);
      const member = Reflect.get(real, name) as unknown;
      return typeof member === 'function' ? (member.bind(real) as unknown) : member;
    },
  });
  const bindings = { ...deployment, DB };
  for (const response of [
    await send('ada', 'GET', path, undefined, bindings),
    await send('ada', 'POST', path, rule, bindings),
    await send('ada', 'PUT', `${path}/NO_DATA`, { version: 1, ...fields }, bindings),
    await send('ada', 'DELETE', `${path}/NO_DATA?version=1`, undefined, bindings),
  ])
    expect(await problemOf(response)).toMatchObject({ status: 503, code: 'storage_unavailable' });
  said.mockRestore();
});
