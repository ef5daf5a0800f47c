/** What the log is narrowed by. Each change is kept in the address; what is chosen bears a cross. */
import { signal } from '@preact/signals';
import { alertSeverities } from '../../core/alert/alert-rule.ts';
import { currentIdentity } from '../access/session.ts';
import { isoTime, localTime } from '../admin/audit-filter.ts';
import { Resource } from '../admin/resource.ts';
import { severityWords } from '../live/alert-text.ts';
import * as say from '../text/alerts.ts';
import {
  type AlertField,
  alertGroups,
  changedFilter,
  narrowing,
  rangeFault,
  rangeOf,
  rangeWords,
  stateWords,
  timesOf,
} from './alert-filter.ts';
import { choose, filter, minute, regionNames, shown } from './alert-list.ts';

const rules = new Resource<{ readonly data: readonly { readonly alert_type: string }[] }>(
  '/api/alerts/rules',
);
void rules.load();

const set = (change: Readonly<Partial<Record<AlertField, string | null>>>): void =>
  choose(changedFilter(filter.peek(), { ...change, alert: null }));

export function AlertFilters() {
  const asked = filter.value;
  return (
    <search class="alert-filters" aria-label={say.whichAlerts}>
      <fieldset class="states">
        <legend class="unseen">{say.state}</legend>
        {[null, ...alertGroups].map((group) => (
          <button
            key={group}
            type="button"
            class="button"
            aria-pressed={group === (asked.state ?? null)}
            onClick={() => set({ state: group })}
          >
            {group === null ? say.all : stateWords[group]}
            {group !== null && group !== 'resolved' && <Count group={group} />}
          </button>
        ))}
      </fieldset>
      <Choice
        name="severity"
        any={say.allSeverities}
        which={say.whichSeverities}
        values={alertSeverities}
        words={severityWords}
      />
      <Choice
        name="region"
        any={say.allRegions}
        which={say.whichRegions}
        values={currentIdentity.value?.regions ?? regionNames.value}
      />
      <Choice name="rule" any={say.allRules} which={say.whichRules} values={ruleNames()} />
      <RangeChoice />
      {(asked.from ?? (asked.state || narrowing.find((name) => asked[name]))) && (
        <button type="button" class="button" onClick={() => choose({})}>
          {say.showAll}
        </button>
      )}
    </search>
  );
}

function Count({ group }: { readonly group: 'firing' | 'acknowledged' }) {
  const count = shown.value?.[group].length;
  return count ? <span class="count"> {count}</span> : null;
}

/** Types of the rules, and of what the check of the accounts raises. */
function ruleNames(): string[] {
  const types = rules.value.value?.data.map((rule) => rule.alert_type) ?? [];
  return [...new Set([...types, 'DATA_LOSS'])].toSorted();
}

interface ChoiceProps {
  readonly name: (typeof narrowing)[number];
  readonly any: string;
  readonly which: string;
  readonly values: readonly string[];
  readonly words?: Readonly<Record<string, string>>;
}

function Choice({ name, any, which, values, words = {} }: ChoiceProps) {
  const chosen = filter.value[name] ?? '';
  // One of the address is there before the others are known, and if it is none.
  const all = chosen === '' || values.includes(chosen) ? values : [chosen, ...values];
  return (
    <span class={chosen === '' ? 'choice' : 'choice chosen'}>
      <select
        aria-label={which}
        value={chosen}
        onChange={({ currentTarget }) => set({ [name]: currentTarget.value })}
      >
        <option value="">{any}</option>
        {all.map((value) => (
          <option key={value} value={value}>
            {words[value] ?? value}
          </option>
        ))}
      </select>
      {chosen !== '' && (
        <button
          type="button"
          class="cross"
          aria-label={say.allAgain(words[chosen] ?? chosen, any.toLowerCase())}
          onClick={() => set({ [name]: null })}
        >
          ×
        </button>
      )}
    </span>
  );
}

/** Whether the fields for a chosen time are there before one is chosen. */
const isChoosing = signal(false);
const fault = signal<string | null>(null);

function RangeChoice() {
  const asked = filter.value;
  const isCustom = asked.from !== undefined || isChoosing.value;
  return (
    <>
      <select
        aria-label={say.whenTheyBegan}
        value={isCustom ? 'custom' : rangeOf(asked)}
        onChange={({ currentTarget: { value } }) => {
          isChoosing.value = value === 'custom';
          fault.value = null;
          if (value !== 'custom') set({ range: value, from: null, to: null });
        }}
      >
        {Object.entries(rangeWords).map(([name, word]) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
        <option value="custom">{say.chosenTime}</option>
      </select>
      {isCustom && <TimeFields />}
    </>
  );
}

/** They begin with what is shown. */
function TimeFields() {
  const { from, to } = timesOf(filter.value, minute.peek());
  const iso = (ms: number): string => new Date(Math.min(ms, minute.peek())).toISOString();
  const times = { from: iso(from), to: iso(to) };
  const change = (name: 'from' | 'to', local: string): void => {
    const next = { ...times, [name]: isoTime(local) };
    fault.value = rangeFault(next);
    if (fault.value !== null) return;
    isChoosing.value = false;
    set({ ...next, range: null });
  };
  return (
    <span class="time-fields">
      {(['from', 'to'] as const).map((name) => (
        <label key={name}>
          {name === 'from' ? say.from : say.before}
          <input
            type="datetime-local"
            value={localTime(times[name]).slice(0, 16)}
            aria-describedby="time-fault"
            onChange={({ currentTarget }) => change(name, currentTarget.value)}
          />
        </label>
      ))}
      <span class="fault" id="time-fault" role="status">
        {fault.value}
      </span>
    </span>
  );
}
