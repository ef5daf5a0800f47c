/** Which days, which region, which title. Each change is kept in the address. */
import { signal } from '@preact/signals';
import { currentIdentity } from '../access/session.ts';
import { Resource } from '../admin/resource.ts';
import type { Listed } from '../admin/rows.ts';
import { DayFields } from '../filter/day-fields.tsx';
import * as say from '../text/analytics.ts';
import { choose, times, view } from './answers.ts';
import { dateOf, daysFault, type RangeName, rangeWords } from './view.ts';

const registry = new Resource<Listed<{ readonly region: string }>>('/api/stats/regions?minutes=1');
void registry.load();

/** Whether the fields for chosen days are there before any are chosen. */
const isChoosing = signal(false);

/** Shorter than their titles. */
const buttonWords: Readonly<Record<RangeName, string>> = {
  ...rangeWords,
  today: say.today,
  '7d': say.sevenDays,
  '30d': say.thirtyDays,
  custom: say.chooseDays,
};

export function RangeBar() {
  const { range } = view.value;
  const isCustom = isChoosing.value || range === 'custom';
  return (
    <search class="range-bar" aria-label={say.whatIsShown}>
      <fieldset class="range-choice">
        <legend class="unseen">{say.daysUtc}</legend>
        {(Object.keys(buttonWords) as RangeName[]).map((name) => (
          <button
            type="button"
            class="button"
            key={name}
            aria-pressed={name === 'custom' ? isCustom : !isCustom && range === name}
            onClick={() => pick(name)}
          >
            {buttonWords[name]}
          </button>
        ))}
      </fieldset>
      {isCustom && <ChosenDays />}
      <RegionSelect />
      <ContentChip />
    </search>
  );
}

function pick(name: RangeName): void {
  isChoosing.value = name === 'custom';
  fault.value = null;
  if (name !== 'custom') choose({ range: name, from: null, to: null, day: null });
}

const fault = signal<string | null>(null);

/** They begin with the days that are shown. */
function ChosenDays() {
  const { from, to } = times.value;
  const set = (days: { readonly from: string; readonly to: string }): void => {
    fault.value = daysFault(days.from, days.to);
    if (fault.value === null) choose({ range: 'custom', ...days, day: null });
  };
  return (
    <DayFields
      days={{ from: view.value.from ?? dateOf(from), to: view.value.to ?? dateOf(to - 1) }}
      max={dateOf(Date.now())}
      fault={fault.value}
      set={set}
    />
  );
}

function RegionSelect() {
  const { region } = view.value;
  const known =
    currentIdentity.value?.regions ?? registry.value.value?.data.map((row) => row.region).toSorted() ?? [];
  // One of the address is there before the others are known, and if it is none.
  const names = region === null || known.includes(region) ? known : [region, ...known];
  return (
    <select
      aria-label={say.region}
      value={region ?? ''}
      onChange={({ currentTarget }) => choose({ region: currentTarget.value || null })}
    >
      <option value="">{say.allRegions}</option>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function ContentChip() {
  const { content } = view.value;
  if (content === null) return null;
  return (
    <button
      type="button"
      class="chip"
      aria-label={say.showAllTitlesAgain(content)}
      onClick={() => choose({ content: null })}
    >
      <bdi>{content}</bdi>
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
        <path d="M1.5 1.5l7 7m0-7l-7 7" stroke="currentColor" stroke-width="1.5" fill="none" />
      </svg>
    </button>
  );
}
