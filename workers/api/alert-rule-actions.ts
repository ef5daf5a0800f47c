/** Writing rules of alerts (ALR-2): each change is a new version, which shards are told of at once. */
import * as z from 'zod';
import { maySeeRegion, type Person } from '../../core/access/caller.ts';
import type { AlertRule } from '../../core/alert/alert-rule.ts';
import { alertRulesMax } from '../../core/protocol/limits.ts';
import { once } from '../../core/protocol/once.ts';
import { minuteOf } from '../../core/window/time.ts';
import { addRuleVersion, readNewestRules, type StoredRule } from '../../storage/alert-rule-store.ts';
import { readActionBody } from './action-body.ts';
import {
  changeExample,
  isSameRule,
  newRuleBody,
  ruleBody,
  ruleExample,
  ruleFields,
  writtenRule,
} from './alert-rule-body.ts';
import { tellShards } from './alert-rule-news.ts';
import { isBuiltIn, isSeen, ruleRow } from './alert-rules.ts';
import { ruleSchema } from './alert-schema.ts';
import { isoTime } from './figures.ts';
import { parseParameters } from './parameters.ts';
import { invalidBody, invalidParameters, jsonResponse, problemResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import { seenRegions } from './seen-regions.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';
import { versionParameter } from './version-parameter.ts';

const path =
  DESCRIBED && z.object({ id: z.string().describe('`id` of the rule').meta({ example: 'TV_ERRORS' }) });
const query = once(() => z.object({ version: versionParameter() }));
const answer = DESCRIBED && z.strictObject({ data: ruleSchema });
const bodyProblems = ['invalid_parameter', 'unreadable_body', 'payload_too_large'] as const;
const effect =
  'Judges from the next minute that begins, so within 60 s. What fired by the version before is resolved then ' +
  '(`rule_changed`), and fires anew where the new one says so.';

export const createRuleRoute: Route = {
  method: 'POST',
  path: '/api/alerts/rules',
  role: 'analyst',
  handler: create,
  tag: 'Alerts',
  doc: DESCRIBED && {
    summary: 'Write a new rule',
    description: effect,
    body: newRuleBody(),
    bodyExample: ruleExample,
    answer,
    problems: [...bodyProblems, 'already_exists', 'limit_reached'],
  },
};

export const changeRuleRoute: Route = {
  method: 'PUT',
  path: '/api/alerts/rules/:id',
  role: 'analyst',
  handler: change,
  unmasked: 'rules.read_unmasked',
  tag: 'Alerts',
  doc: DESCRIBED && {
    summary: 'Change, enable or disable a rule',
    description: `${effect} One that ships with the product keeps its type and its metric. A body that says what already is changes nothing.`,
    path,
    body: ruleBody(),
    bodyExample: changeExample,
    answer,
    problems: [...bodyProblems, 'not_found', 'version_conflict'],
  },
};

export const deleteRuleRoute: Route = {
  method: 'DELETE',
  path: '/api/alerts/rules/:id',
  role: 'analyst',
  handler: remove,
  unmasked: 'rules.read_unmasked',
  tag: 'Alerts',
  doc: DESCRIBED && {
    summary: 'Delete a rule that people have written',
    description: 'Its alerts stay; those that fire are resolved (`rule_changed`) with the next minute.',
    path,
    query: query(),
    answer,
    problems: ['not_found', 'version_conflict', 'built_in_rule'],
  },
};

type Regions = StoredRule['regions'];

async function create(context: ApiContext): Promise<Response> {
  const read = await readActionBody(context.req.raw, newRuleBody());
  if ('response' in read) return read.response;
  const { id, regions: names, ...fields } = read.value;
  return await orStorageUnavailable('rule_unwritten', async () => {
    const regions = await grantedRegions(context, names);
    if ('response' in regions) return regions.response;
    const newest = await readNewestRules(context.env.DB);
    const held = newest.find(({ rule }) => rule.id === id) ?? null;
    const taken = () => problemResponse('already_exists', `There is a rule ${id}.`);
    if (held && !held.deleted) return taken();
    if (!held && newest.length >= alertRulesMax)
      return problemResponse(
        'limit_reached',
        `There are ${alertRulesMax} ids of rules, deleted ones included.`,
      );
    const rule = { id, ...writtenRule(fields) };
    return (await write(context, held, { ...regions, rule, deleted: false })) ?? taken();
  });
}

async function change(context: ApiContext): Promise<Response> {
  const read = await readActionBody(context.req.raw, ruleBody());
  if ('response' in read) return read.response;
  const { version, regions: names, ...fields } = read.value;
  return await orStorageUnavailable('rule_unwritten', async () => {
    const found = await changeable(context, version);
    if ('response' in found) return found.response;
    const { held } = found;
    const regions = await grantedRegions(context, names);
    if ('response' in regions) return regions.response;
    const rule: AlertRule = { ...held.rule, ...writtenRule(fields) };
    const kept = (['alert_type', 'metric'] as const).filter((name) => {
      return isBuiltIn(rule.id) && rule[ruleFields[name]] !== held.rule[ruleFields[name]];
    });
    if (kept.length > 0) {
      const message = 'must stay as it is: the rule ships with the product';
      return invalidBody(kept.map((name) => ({ pointer: `/${name}`, message })));
    }
    if (isSameRule(rule, held.rule) && String(regions.regions) === String(held.regions)) {
      noteShown(held);
      return jsonResponse({ data: ruleRow(held, person()) });
    }
    return (await write(context, held, { ...regions, rule, deleted: false })) ?? (await conflict(context));
  });
}

async function remove(context: ApiContext): Promise<Response> {
  const parsed = parseParameters(query(), new URL(context.req.url).searchParams);
  if (!parsed.ok) return invalidParameters(parsed.faults);
  return await orStorageUnavailable('rule_unwritten', async () => {
    const found = await changeable(context, parsed.value.version);
    if ('response' in found) return found.response;
    const { rule, regions } = found.held;
    if (isBuiltIn(rule.id))
      return problemResponse('built_in_rule', `${rule.id} ships with the product. Disable it instead.`);
    const ended = { rule: { ...rule, enabled: false }, regions, deleted: true };
    return (await write(context, found.held, ended)) ?? (await conflict(context));
  });
}

/** The rule of the path, if the caller may change it and has read its newest version. */
async function changeable(
  { env, req }: ApiContext,
  version: number,
): Promise<{ readonly held: StoredRule } | { readonly response: Response }> {
  const id = req.param('id') ?? '';
  const asking = person();
  const held = (await readNewestRules(env.DB)).find(({ rule }) => rule.id === id);
  if (!held || !isSeen(held, asking))
    return { response: problemResponse('not_found', `There is no rule ${id}.`) };
  if (!mayWrite(held.regions, asking)) {
    const detail = 'Your role is limited to regions, and the rule judges others too.';
    return { response: problemResponse('forbidden', detail) };
  }
  return held.rule.version === version ? { held } : { response: newerThan(held) };
}

function newerThan({ rule, createdAtMs, createdBy }: StoredRule): Response {
  noteShown({ createdBy });
  const detail = `${rule.id} has version ${rule.version}, which ${createdBy} wrote at ${isoTime(createdAtMs)}.`;
  return problemResponse('version_conflict', detail);
}

/** One's own name tells nothing. */
function noteShown({ createdBy }: Pick<StoredRule, 'createdBy'>): void {
  if (createdBy !== person().name) noteForAudit({ unmasked: 1 });
}

/** Somebody else was quicker, between the reading and the writing. */
async function conflict({ env, req }: ApiContext): Promise<Response> {
  const id = req.param('id') ?? '';
  const held = (await readNewestRules(env.DB)).find(({ rule }) => rule.id === id);
  return held ? newerThan(held) : problemResponse('not_found', `There is no rule ${id}.`);
}

/** Whoever is limited to regions writes for these alone. */
function mayWrite(regions: Regions, asking: Person): boolean {
  return asking.regions === '*' || (regions !== '*' && regions.every((name) => maySeeRegion(asking, name)));
}

async function grantedRegions(
  { env }: ApiContext,
  names: readonly string[] | null,
): Promise<{ readonly regions: Regions } | { readonly response: Response }> {
  const asking = person();
  if (names === null) {
    if (asking.regions === '*') return { regions: '*' };
    const detail = 'Your role is limited to regions: name some of them for the rule.';
    return { response: problemResponse('forbidden', detail) };
  }
  const known = await seenRegions(env.DB, Date.now());
  if (names.every((name) => known.some((region) => region.name === name)))
    return { regions: [...new Set(names)].sort() };
  const message = `must be names of regions, such as ${known[0]?.name ?? 'none'}`;
  return { response: invalidBody([{ pointer: '/regions', message }]) };
}

type NextVersion = Pick<StoredRule, 'regions' | 'deleted'> & {
  readonly rule: Omit<AlertRule, 'version' | 'fromMinute'>;
};

/** Null where another has added a version meanwhile. */
async function write(
  context: ApiContext,
  held: StoredRule | null,
  { rule, regions, deleted }: NextVersion,
): Promise<Response | null> {
  const nowMs = Date.now();
  const asking = person();
  const version = (held?.rule.version ?? 0) + 1;
  // The open minute is judged by the rules that it began under. A clock that was set back orders no versions anew.
  const fromMinute = Math.max(minuteOf(nowMs) + 1, held?.rule.fromMinute ?? 0);
  const by = { createdAtMs: nowMs, createdBy: asking.name };
  const stored: StoredRule = { rule: { ...rule, version, fromMinute }, regions, deleted, ...by };
  if (!(await addRuleVersion(context.env.DB, stored))) return null;
  noteForAudit({ target: rule.id, details: changes(held, stored) });
  context.executionCtx.waitUntil(tellShards(context.env));
  return jsonResponse({ data: ruleRow(stored, asking) });
}

/** For the audit log: what each field was, and what it is now. */
function changes(before: StoredRule | null, after: StoredRule): Readonly<Record<string, string>> {
  const details: Record<string, string> = { version: String(after.rule.version) };
  if (after.deleted) return details;
  const note = (name: string, was: string | undefined, is: string) => {
    if (was !== is) details[name] = was === undefined ? is : `${was} → ${is}`;
  };
  const old = before?.deleted ? null : before;
  for (const [name, field] of Object.entries(ruleFields))
    note(name, old ? String(old.rule[field]) : undefined, String(after.rule[field]));
  const shown = (regions: Regions) => (regions === '*' ? '*' : regions.join(' '));
  note('regions', old ? shown(old.regions) : undefined, shown(after.regions));
  return details;
}
