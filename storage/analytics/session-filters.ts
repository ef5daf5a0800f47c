/** Which viewing sessions a question is about, as SQL. Every value travels as a parameter. */
import type { SlotSpan } from '../../core/warehouse/local-days.ts';

/** One of the values, or none of them. */
export interface ValueFilter<T extends string | number = string> {
  readonly values: readonly T[];
  readonly isNegated: boolean;
}

/** Null asks for everything. */
export interface SessionFilters {
  /** By number. Null is for people without limits alone: it has sessions without a region too. */
  readonly region: ValueFilter<number> | null;
  readonly country: ValueFilter | null;
  readonly device_type: ValueFilter | null;
  readonly subscription_type: ValueFilter | null;
  readonly genre: ValueFilter | null;
  readonly content_id: ValueFilter | null;
}

export interface SessionScope extends SlotSpan {
  readonly filters: SessionFilters;
}

/** What the API calls a column's null, in answers and filters. */
export const unknownLabel = 'Unknown';

/** Parameters of one statement, in order. */
export class Parameters {
  readonly values: (string | number)[] = [];

  /** Its place: ?1, ?2 ... */
  add(value: string | number): string {
    this.values.push(value);
    return `?${this.values.length}`;
  }
}

const sessionColumns = {
  country: 'user_country',
  device_type: 'device_type',
  subscription_type: 'subscription_type',
} as const;

/** Conditions on a session `s`, each beginning with AND; empty without filters. */
export function sessionConditions(filters: SessionFilters, parameters: Parameters): string {
  const { region, genre, content_id } = filters;
  const conditions = [
    region && condition('s.region_number', region, parameters),
    ...(['country', 'device_type', 'subscription_type'] as const).map((name) => {
      const filter = filters[name];
      return filter && condition(`s.${sessionColumns[name]}`, filter, parameters);
    }),
    (genre || content_id) &&
      `s.movie_id IN (SELECT m.id FROM movies m WHERE TRUE ${movieConditions(filters, parameters)})`,
  ];
  return joined(conditions);
}

/** Conditions on a movie `m`, each beginning with AND. */
export function movieConditions({ genre, content_id }: SessionFilters, parameters: Parameters): string {
  return joined([
    genre && condition('m.genre', genre, parameters),
    content_id && condition('m.content_id', content_id, parameters),
  ]);
}

/** Conditions on a user `u`, by what is known of users themselves. */
export function userConditions(
  { country, subscription_type }: SessionFilters,
  parameters: Parameters,
): string {
  return joined([
    country && condition('u.country', country, parameters),
    subscription_type && condition('u.subscription_type', subscription_type, parameters),
  ]);
}

/** Whether all sessions are asked for, so that what is summed beforehand may answer. */
export const isUnfiltered = (filters: SessionFilters): boolean =>
  Object.values(filters).every((filter) => filter === null);

const joined = (conditions: readonly (string | null)[]): string =>
  conditions.map((each) => (each === null ? '' : `AND ${each} `)).join('');

/** `Unknown` means null too. What is null is none of any other values. */
export function condition(
  column: string,
  { values, isNegated }: ValueFilter<string | number>,
  parameters: Parameters,
): string {
  const [only] = values;
  const hasUnknown = values.includes(unknownLabel);
  const list =
    values.length === 1 && only !== undefined
      ? `${column} = ${parameters.add(only)}`
      : `${column} IN (SELECT value FROM json_each(${parameters.add(JSON.stringify(values))}))`;
  if (isNegated) return hasUnknown ? `NOT coalesce(${list}, TRUE)` : `NOT coalesce(${list}, FALSE)`;
  return hasUnknown ? `(${list} OR ${column} IS NULL)` : list;
}
