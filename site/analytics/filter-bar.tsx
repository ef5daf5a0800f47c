/** Which days, of which zone, beside what, and of whom: each choice is kept in the address. */
import { signal } from '@preact/signals';
import { DayFields } from '../filter/day-fields.tsx';
import { FilterChip } from '../filter/filter-chip.tsx';
import { ZoneField } from '../filter/zone-field.tsx';
import { ownZone } from '../format/zone.ts';
import * as say from '../text/analytics.ts';
import {
  chosenFault,
  dateIn,
  daysChoices,
  daysOf,
  type FilterName,
  filterNames,
  filtersOf,
  filterWords,
  pressed,
} from './question.ts';
import { wordOf } from './rows-table.tsx';
import { asked, chooseAnew, countries, detail, devices, films, genres, nowMs } from './warehouse.ts';

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
/** Whether the fields for chosen days are there before any are chosen. */
const isChoosing = signal(false);
const fault = signal<string | null>(null);

export function RangeChoice() {
  const { from, days = '30', compare } = asked.value;
  const isChosen = isChoosing.value || from !== undefined;
  const pick = (value: string): void => {
    isChoosing.value = false;
    fault.value = null;
    chooseAnew({ days: value, from: null, to: null });
  };
  return (
    <section class="range-bar" aria-label={say.whatIsShown}>
      <fieldset class="range-choice">
        <legend class="unseen">{say.days}</legend>
        {daysChoices.map((value) => (
          <button
            type="button"
            class="button"
            key={value}
            aria-pressed={!isChosen && days === value}
            onClick={() => pick(value)}
          >
            {value === '1' ? say.today : say.lastDays(value)}
          </button>
        ))}
        <button
          type="button"
          class="button"
          aria-pressed={isChosen}
          onClick={() => {
            isChoosing.value = true;
          }}
        >
          {say.chooseDays}
        </button>
      </fieldset>
      <button
        type="button"
        class="button"
        aria-pressed={compare !== 'off'}
        onClick={() => chooseAnew({ compare: compare === 'off' ? null : 'off' })}
      >
        {say.compare}
      </button>
      <ZoneField zone={asked.value.tz ?? ownZone} choose={(tz) => chooseAnew({ tz })} />
      {isChosen && <ChosenDays />}
    </section>
  );
}

/** They begin with the days that are shown. */
function ChosenDays() {
  const { first, last } = daysOf(asked.value, nowMs.value);
  const set = (days: { readonly from: string; readonly to: string }): void => {
    fault.value = chosenFault(days);
    if (fault.value === null) chooseAnew({ days: null, ...days });
  };
  return (
    <DayFields
      days={{ from: dateOf(first), to: dateOf(last) }}
      max={dateIn(asked.value.tz ?? 'UTC', nowMs.value)}
      fault={fault.value}
      set={set}
    />
  );
}

export function Chips() {
  return (
    <div class="chips">
      {filtersOf(asked.value).map(({ name, values, isNot }) =>
        detail.value === 'movie' && name === 'content_id' ? null : (
          <FilterChip
            key={name}
            word={filterWords[name]}
            values={values}
            isNot={isNot}
            valueWord={(value) => chipWord(name, value)}
            change={(text) => chooseAnew({ [name]: text })}
          />
        ),
      )}
      <AddFilter />
    </div>
  );
}

/** A film is known by its title where an answer has told it. */
const chipWord = (name: FilterName, value: string): string =>
  (name === 'content_id' && films.value.value?.data.find(({ movie_id }) => movie_id === value)?.title) ||
  wordOf(name, value);

const adding = signal<FilterName>('subscription_type');

/** For what no row shows, such as plans and regions. */
function AddFilter() {
  const name = adding.value;
  const known: readonly string[] =
    {
      genre: genres.value.value?.data.map(({ genre }) => genre),
      country: countries.value.value?.data.map(({ country }) => country),
      device_type: devices.value.value?.data.map(({ device_type }) => device_type),
      content_id: films.value.value?.data.map(({ movie_id }) => movie_id),
      subscription_type: [],
      region: [],
    }[name] ?? [];
  return (
    <details class="add-filter">
      <summary class="button">{say.filter}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const field = event.currentTarget.querySelector('input');
          const value = field?.value.trim();
          if (!field || !value) return;
          field.value = '';
          chooseAnew(pressed(asked.peek(), name, value));
        }}
      >
        <select
          aria-label={say.whatToFilterBy}
          value={name}
          onChange={({ currentTarget }) => {
            adding.value = currentTarget.value as FilterName;
          }}
        >
          {filterNames.map((one) => (
            <option key={one} value={one}>
              {filterWords[one]}
            </option>
          ))}
        </select>
        <input aria-label={say.value} list="values" maxLength={200} />
        <datalist id="values">
          {known.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
        <button type="submit" class="button">
          {say.add}
        </button>
      </form>
    </details>
  );
}
