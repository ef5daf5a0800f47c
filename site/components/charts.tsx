/** Charts with numbers that stand still. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { Columns } from '../analytics/columns.tsx';
import { Plot } from '../chart/plot.tsx';
import { successSpec, trafficSpec } from '../chart/plot-spec.ts';
import { Sparkline } from '../chart/sparkline.tsx';
import { TimeCursor } from '../chart/time-cursor.tsx';
import { clockText } from '../format/time.ts';
import type { SpanStretch } from '../live/alert-spans.ts';
import { paneSpan, type Series } from '../live/series.ts';
import { Section, Specimen } from './specimen.tsx';

/** Any time: the charts know no other. */
const asOf = Date.UTC(2026, 10, 21, 10, 0, 5);
const { slotMs, lengthMs } = paneSpan;
const first = Math.floor((asOf - lengthMs) / slotMs) * slotMs;
const times = Array.from({ length: lengthMs / slotMs + 1 }, (_, i) => first + i * slotMs);

function wave(base: number, height: number): (number | null)[] {
  return times.map((_, i) => base + height * Math.sin(i / 7) + (height / 3) * Math.sin(i * 1.7));
}

function seriesWith(gap: readonly [from: number, until: number], isEmpty = false): Series {
  const cut = (values: (number | null)[]) =>
    values.map((value, i) => (isEmpty || (i >= gap[0] && i < gap[1]) ? null : value));
  return {
    span: paneSpan,
    asOf,
    times,
    closedCount: times.length - 1,
    events: cut(wave(60, 12)),
    views: cut(wave(20, 4)),
    downloads: cut(wave(14, 4)),
    success: cut(wave(0.94, 0.04)),
  };
}

const none: readonly [number, number] = [0, 0];
const firing: readonly SpanStretch[] = [
  { severity: 'CRITICAL', from: asOf - 300_000, until: asOf - 120_000 },
  { severity: 'WARNING', from: asOf - 60_000, until: Number.POSITIVE_INFINITY },
];

const chart = (series: Series, stretches: readonly SpanStretch[] = []) => ({
  series: signal(series),
  stretches: signal(stretches),
  crosshair: signal<number | null>(null),
});
const charts = {
  usual: chart(seriesWith(none)),
  'with a gap, and alerts': chart(seriesWith([30, 45]), firing),
  empty: chart(seriesWith(none, true)),
};

interface ChartProps {
  readonly name: string;
  readonly source: ReturnType<typeof chart>;
}

function Chart({ name, source }: ChartProps) {
  const { series } = source;
  return (
    <TimeCursor
      label={`Specimen, ${name}: time under the crosshair`}
      series={series as ReadonlySignal<Series>}
      crosshair={source.crosshair}
      slotText={clockText}
      chosen={() => undefined}
    >
      <Plot spec={trafficSpec} {...source} />
      <Plot spec={successSpec} {...source} />
    </TimeCursor>
  );
}

const columns = Array.from({ length: 24 }, (_, hour) => ({
  key: hour,
  value: hour === 9 ? null : 400 + 300 * Math.sin(hour / 4),
  label: hour % 6 === 0 ? `${hour}:00` : '',
  text: `${hour}:00`,
}));

export function Charts() {
  return (
    <Section
      id="charts"
      title="Charts"
      remark="Counts from zero, gaps as gaps, the open slot lighter, alerts as shaded spans, one crosshair for all."
    >
      {Object.entries(charts).map(([name, source]) => (
        <Specimen state={name} key={name} isWide>
          <Chart name={name} source={source} />
        </Specimen>
      ))}
      <Specimen state="stale" isWide>
        <div class="stale">
          <Plot spec={trafficSpec} {...charts.usual} />
        </div>
      </Specimen>
      <Specimen state="line beside a number">
        <Sparkline values={[3, 5, 4, 6, 9, 7, 8, 12, 11]} />
      </Specimen>
      <Specimen state="line with a gap">
        <Sparkline values={[3, 5, null, null, 9, 7, 8, 12, 11]} />
      </Specimen>
      <Specimen state="columns, one not known" isWide>
        <Columns columns={columns} />
      </Specimen>
    </Section>
  );
}
