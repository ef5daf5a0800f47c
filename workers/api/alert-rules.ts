import * as z from 'zod';
import type { Person } from '../../core/access/caller.ts';
import { masksPeople, maskText } from '../../core/access/masks.ts';
import { builtInRules } from '../../core/alert/built-in-rules.ts';
import { windowMs } from '../../core/protocol/limits.ts';
import { readNewestRules, type StoredRule } from '../../storage/alert-rule-store.ts';
import { ruleSchema } from './alert-schema.ts';
import { count } from './answer-schema.ts';
import { isoTime } from './figures.ts';
import { jsonResponse } from './problem-response.ts';
import { noteForAudit, person } from './request-scope.ts';
import type { Route } from './route.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

/** The rules by which shards judge. */
export const alertRulesRoute: Route = {
  method: 'GET',
  path: '/api/alerts/rules',
  role: 'viewer',
  handler: rules,
  unmasked: 'rules.read_unmasked',
  tag: 'Alerts',
  doc: DESCRIBED && {
    summary: 'The rules of alerts',
    description: 'The newest version of each rule, by id.',
    answer: z.strictObject({ data: z.array(ruleSchema), count: count('Rows in data') }),
  },
};

async function rules({ env }: ApiContext): Promise<Response> {
  return await orStorageUnavailable('rules_unread', async () => {
    const asking = person();
    const newest = (await readNewestRules(env.DB)).filter((stored) => isSeen(stored, asking));
    const data = newest.map((stored) => ruleRow(stored, asking));
    const others = data.filter(
      (row) => row.changed_by !== asking.name && !(row.built_in && row.version === 1),
    );
    if (!masksPeople(asking.role)) noteForAudit({ unmasked: others.length });
    return jsonResponse({ data, count: data.length });
  });
}

export const isBuiltIn = (id: string): boolean => builtInRules.some((rule) => rule.id === id);

/** To one who is limited to regions a rule of other regions is as one that does not exist (ACC-2). */
export function isSeen({ regions, deleted }: StoredRule, asking: Person): boolean {
  const own = ownRegions(regions, asking);
  return !deleted && (own === '*' || own.length > 0);
}

type Regions = StoredRule['regions'];

function ownRegions(regions: Regions, { regions: seen }: Person): Regions {
  return regions === '*' || seen === '*' ? regions : regions.filter((name) => seen.includes(name));
}

/** The rule as the API gives it to a person. */
export function ruleRow(stored: StoredRule, asking: Person): z.output<typeof ruleSchema> {
  const { rule, createdBy } = stored;
  const regions = ownRegions(stored.regions, asking);
  return {
    id: rule.id,
    version: rule.version,
    alert_type: rule.alertType,
    severity: rule.severity,
    metric: rule.metric,
    breach: rule.breach,
    threshold: rule.threshold,
    windows: rule.windows,
    attempts_min: rule.attemptsMin,
    resolve_threshold: rule.resolveThreshold,
    resolve_windows: rule.resolveWindows,
    dimension: rule.dimension,
    enabled: rule.enabled,
    regions: regions === '*' ? null : [...regions],
    from: isoTime(rule.fromMinute * windowMs),
    built_in: isBuiltIn(rule.id),
    changed_at: isoTime(stored.createdAtMs),
    changed_by: masksPeople(asking.role) ? maskText(createdBy) : createdBy,
  };
}
