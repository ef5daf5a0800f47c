/** A line without axes beside a number that says it all: y from zero, or from `min`; nulls are gaps. */
interface SparklineProps {
  readonly values: readonly (number | null)[];
  readonly min?: number;
  readonly max?: number;
}

const width = 100;
const height = 24;

export function Sparkline({ values, min = 0, max }: SparklineProps) {
  const top = Math.max(min + 1e-9, max ?? Math.max(...values.map((value) => value ?? 0)));
  const x = (i: number): string => ((i / Math.max(1, values.length - 1)) * width).toFixed(1);
  const y = (value: number): string =>
    (height - 1 - ((Math.max(min, value) - min) / (top - min)) * (height - 2)).toFixed(1);
  const runs = runsOf(values).map((run) => run.map(({ at, value }) => `${x(at)} ${y(value)}`).join('L'));
  const area = runsOf(values).map(
    (run, i) => `M${x(run[0]?.at ?? 0)} ${height}L${runs[i]}L${x(run.at(-1)?.at ?? 0)} ${height}z`,
  );
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path class="sparkline-area" d={area.join('')} />
      <path class="sparkline-line" d={runs.map((run) => `M${run}`).join('')} />
    </svg>
  );
}

/** What lies between the gaps. */
function runsOf(values: readonly (number | null)[]): { at: number; value: number }[][] {
  const runs: { at: number; value: number }[][] = [];
  values.forEach((value, at) => {
    if (value === null) return;
    const begins = at === 0 || values[at - 1] === null;
    if (begins) runs.push([]);
    runs.at(-1)?.push({ at, value });
  });
  return runs;
}
