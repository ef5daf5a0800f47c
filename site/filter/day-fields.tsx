import * as say from '../text/time.ts';

/** The fields of a first and a last day. Both bars of the Analytics page have them. */
interface DayFieldsProps {
  /** YYYY-MM-DD. */
  readonly days: { readonly from: string; readonly to: string };
  /** No later day can be chosen. */
  readonly max: string;
  /** What is wrong with them; null: nothing. */
  readonly fault: string | null;
  readonly set: (days: { readonly from: string; readonly to: string }) => void;
}

export function DayFields({ days, max, fault, set }: DayFieldsProps) {
  return (
    <div class="day-fields">
      {(['from', 'to'] as const).map((name) => (
        <label key={name}>
          {name === 'from' ? say.firstDay : say.lastDay}
          <input
            type="date"
            value={days[name]}
            max={max}
            aria-describedby="days-fault"
            onChange={({ currentTarget }) => set({ ...days, [name]: currentTarget.value })}
          />
        </label>
      ))}
      <p class="fault" id="days-fault" role="status">
        {fault}
      </p>
    </div>
  );
}
