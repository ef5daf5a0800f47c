/** Which time is shown: now, a past minute, a range; by which clocks, and beside what. Comes when it is asked for. */
import { useSignal } from '@preact/signals';
import { ZoneField } from '../filter/zone-field.tsx';
import { dayTimeText, hourText } from '../format/time.ts';
import { localText, midnightIn, msOfLocal, ownZone } from '../format/zone.ts';
import { firingCount } from '../live/alert-feed.ts';
import { type Field, minuteText, rangeFault } from '../live/asked.ts';
import { agoText } from '../live/frame-words.ts';
import type { Store } from '../live/store.ts';
import { scrubEnds, toMinute, zoomedOut } from '../live/time-steps.ts';
import * as say from '../text/time.ts';

const choices = [
  ['15m', say.fifteenMinutes],
  ['1h', say.oneHour],
  ['6h', say.sixHours],
  ['24h', say.aDay],
  ['7d', say.sevenDays],
  ['today', say.today],
] as const;

export function TimeBar({ store }: { readonly store: Store }) {
  const { range, from, at, tz = ownZone } = store.asked.value;
  const isChoosing = useSignal(false);
  const isChosen = isChoosing.value || from !== undefined;
  const pick = (name: string | null): void => {
    isChoosing.value = false;
    store.choose({ at: null, from: null, to: null, range: name });
  };
  return (
    <section class="time-bar" aria-label={say.time}>
      <fieldset class="range-choice">
        <legend class="unseen">{say.range}</legend>
        <Choice isOn={!isChosen && range === undefined && at === undefined} press={() => pick(null)}>
          {say.live}
        </Choice>
        {choices.map(([name, word]) => (
          <Choice key={name} isOn={!isChosen && range === name} press={() => pick(name)}>
            {word}
          </Choice>
        ))}
        <Choice
          isOn={isChosen}
          press={() => {
            isChoosing.value = true;
          }}
        >
          {say.fromTo}
        </Choice>
        {store.wanted.value.kind === 'range' && (
          <button
            type="button"
            class="button"
            aria-keyshortcuts="z"
            onClick={() => store.choose(zoomedOut(store.wanted.value, store.nowMs.value))}
          >
            {say.zoomOut}
          </button>
        )}
      </fieldset>
      <ZoneField zone={tz} choose={(zone) => store.choose({ tz: zone === ownZone ? null : zone })} />
      <Compare store={store} />
      {isChosen && <Ends store={store} />}
      {!isChosen && range === undefined && <Scrubber store={store} />}
    </section>
  );
}

interface ChoiceProps {
  readonly isOn: boolean;
  readonly press: () => void;
  readonly children: string;
}

function Choice({ isOn, press, children }: ChoiceProps) {
  return (
    <button type="button" class="button" aria-pressed={isOn} onClick={press}>
      {children}
    </button>
  );
}

const minuteMs = 60_000;

/** A slider over a day; its right end is now. Arrows move by a minute. */
function Scrubber({ store }: { readonly store: Store }) {
  const { at: text, tz = ownZone } = store.asked.value;
  const nowMs = store.nowMs.value;
  const at = text === undefined ? null : Date.parse(text);
  const { first, last } = scrubEnds(at, nowMs, (ms) => midnightIn(tz, ms));
  const firing = firingCount(store.heard.live.value?.alerts ?? new Map());
  const words = at === null ? 'now' : `${dayTimeText(at)}, ${agoText(nowMs - at)}`;
  return (
    <div class="scrubber">
      <span class="quiet">{first < nowMs - 86_400_000 ? dayTimeText(first) : hourText(first)}</span>
      <input
        type="range"
        aria-label={say.minuteThatIsShown}
        aria-valuetext={words}
        min={first / minuteMs}
        max={last / minuteMs}
        value={(at ?? nowMs) / minuteMs}
        onInput={({ currentTarget }) => store.choose(toMinute(Number(currentTarget.value) * minuteMs, nowMs))}
      />
      <span class="quiet">{last === nowMs ? say.now : dayTimeText(last)}</span>
      {at !== null && (
        <>
          <b role="status">{words}</b>
          <button
            type="button"
            class="button primary"
            aria-keyshortcuts="l"
            onClick={() => store.choose({ at: null })}
          >
            {say.backToLive}
          </button>
          {firing > 0 && <span class="paused-alerts">{say.firingNow(firing)}</span>}
        </>
      )}
    </div>
  );
}

/** They begin with what is shown. */
function Ends({ store }: { readonly store: Store }) {
  const { tz = ownZone, from, to } = store.asked.value;
  const { endMs, spans } = store.wanted.value;
  const fault = useSignal<string | null>(null);
  const end = endMs ?? store.nowMs.value;
  const ends = { from: from ?? minuteText(end - (spans.at(-1)?.lengthMs ?? 0)), to: to ?? minuteText(end) };
  const set = (name: 'from' | 'to', value: string): void => {
    const ms = msOfLocal(tz, value);
    const next = { ...ends, [name]: Number.isNaN(ms) ? undefined : minuteText(ms) };
    const isAhead = ms > store.nowMs.value + minuteMs;
    fault.value = isAhead ? say.thatTimeIsStillToCome : rangeFault(next.from, next.to);
    if (fault.value === null) store.choose(next);
  };
  return (
    <div class="day-fields">
      {(['from', 'to'] as const).map((name) => (
        <label key={name}>
          {name === 'from' ? say.from : say.to}
          <input
            type="datetime-local"
            value={localText(tz, Date.parse(ends[name]))}
            max={localText(tz, store.nowMs.value + minuteMs)}
            aria-describedby="ends-fault"
            onChange={({ currentTarget }) => set(name, currentTarget.value)}
          />
        </label>
      ))}
      <p class="fault" id="ends-fault" role="status">
        {fault.value}
      </p>
    </div>
  );
}

/** Beside what the same numbers are drawn. */
function Compare({ store }: { readonly store: Store }) {
  const { compare, tz = ownZone } = store.asked.value;
  const isTime = compare !== undefined && compare !== 'previous' && compare !== 'week';
  const field: Field = 'compare';
  return (
    <>
      <select
        aria-label={say.compareWith}
        value={isTime ? 'time' : (compare ?? '')}
        onChange={({ currentTarget }) => {
          const { value } = currentTarget;
          const start = store.nowMs.value - 2 * 86_400_000;
          store.choose({ [field]: value === 'time' ? minuteText(start) : value || null });
        }}
      >
        <option value="">{say.compareWithNothing}</option>
        <option value="previous">{say.timeBefore}</option>
        <option value="week">{say.sameWeekdayAWeekBefore}</option>
        <option value="time">{say.asLongFrom}</option>
      </select>
      {isTime && (
        <input
          type="datetime-local"
          aria-label={say.compareWithTheTimeFrom}
          value={localText(tz, Date.parse(compare))}
          max={localText(tz, store.nowMs.value)}
          onChange={({ currentTarget }) => {
            const ms = msOfLocal(tz, currentTarget.value);
            if (ms < store.nowMs.value) store.choose({ [field]: minuteText(ms) });
          }}
        />
      )}
    </>
  );
}
