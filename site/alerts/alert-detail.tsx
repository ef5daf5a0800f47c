/** An alert looked at closely: its values minute by minute as a chart and a table, its life, and a link to it. */

import { signal, useComputed, useSignal } from '@preact/signals';
import { useState } from 'preact/hooks';
import type { RecordMetric } from '../../core/alert/alert-record.ts';
import type { AlertRow } from '../../core/alert/alert-row.ts';
import { Plot } from '../chart/plot.tsx';
import type { PlotSpec } from '../chart/plot-spec.ts';
import { TimeCursor } from '../chart/time-cursor.tsx';
import { exactText } from '../format/date.ts';
import { countText } from '../format/number.ts';
import { clockText, hourText } from '../format/time.ts';
import { alertSpans, spanStretches } from '../live/alert-spans.ts';
import { measured } from '../live/alert-text.ts';
import { CopyLink } from '../panels/copy-link.tsx';
import { DataTable } from '../panels/data-table.tsx';
import * as say from '../text/alerts.ts';
import { alertLink } from './alert-filter.ts';
import { alertLife } from './alert-life.ts';
import { type AlertValues, isBreach, isRate, valueScale } from './alert-values.ts';
import { valuesOf } from './value-store.ts';

export function AlertDetail({ alert }: { readonly alert: AlertRow }) {
  const told = valuesOf(alert).value;
  return (
    <div class="alert-detail">
      {told !== null && typeof told === 'object' && <Chart alert={alert} values={told} />}
      <section class="alert-life" aria-label={say.whatHappened}>
        <ol>
          {alertLife(alert).map(({ at, what, why, comment }) => (
            <li key={at + what}>
              <time dateTime={at} title={exactText(at)}>
                {clockText(Date.parse(at))}
              </time>
              <p>
                <b>{what}</b> <span class="quiet">{why}</span>
                {comment && (
                  <q class="comment" dir="auto">
                    {comment}
                  </q>
                )}
              </p>
            </li>
          ))}
        </ol>
        <p class="alert-links">
          <CopyLink href={alertLink(alert)} />
          <a href={alertLink(alert)}>{say.thisAlertAlone}</a>
        </p>
      </section>
    </div>
  );
}

const always = signal(true);

function Chart({ alert, values }: { readonly alert: AlertRow; readonly values: AlertValues }) {
  const series = useSignal(values);
  series.value = values;
  const crosshair = useSignal<number | null>(null);
  const stretches = useComputed(() => (series.value ? spanStretches(alertSpans([alert])) : []));
  const [spec] = useState(() => specOf(alert));
  const textAt = (time: number): string => {
    const { times, values: all, attempts } = series.value;
    const at = times.indexOf(time);
    const value = all[at] ?? null;
    const downloads = attempts[at];
    const of = typeof downloads === 'number' ? say.ofDownloads(countText(downloads)) : '';
    return `${hourText(time)}: ${value === null ? say.nothingMeasured : measured(alert.metric, value) + of}`;
  };
  const shownAt = crosshair.value ?? values.times[values.closedCount - 1] ?? 0;
  return (
    <section class="alert-chart" aria-label={say.valueByMinute}>
      <p class="readout quiet" aria-hidden="true">
        {textAt(shownAt)}
      </p>
      <TimeCursor
        label={say.crosshairHint}
        series={series}
        crosshair={crosshair}
        slotText={textAt}
        chosen={() => undefined}
      >
        <Plot spec={spec} series={series} stretches={stretches} crosshair={crosshair} />
      </TimeCursor>
      <DataTable
        caption={say.valueByMinuteNewestFirst}
        columns={[say.minute, say.value, say.limit, ...(isRate(alert.metric) ? [say.downloads] : [])]}
        isShown={always}
        rows={values.times
          .map((time, i) => {
            const value = values.values[i] ?? null;
            const attempts = values.attempts[i];
            const text = value === null ? '–' : measured(alert.metric, value);
            const isBad = value !== null && isBreach(alert, value);
            return {
              key: String(time),
              cells: [
                hourText(time),
                isBad ? say.beyond(text) : text,
                measured(alert.metric, alert.threshold_value),
                ...(typeof attempts === 'number' ? [countText(attempts)] : []),
              ],
            };
          })
          .reverse()}
      />
    </section>
  );
}

const lineWords: Readonly<Record<RecordMetric, string>> = {
  success_rate: say.success,
  error_rate: say.errors,
  silent_minutes: say.silent,
  lateness_cuts: say.cuts,
  unaccounted_events: say.missing,
};

function specOf(alert: AlertRow): PlotSpec<AlertValues> {
  const { metric, threshold_value: limit } = alert;
  return {
    height: 180,
    hasTimeAxis: true,
    emptyText: say.nothingMeasuredThen,
    lines: [{ label: lineWords[metric], color: '--line-1', hasArea: false, values: ({ values }) => values }],
    scale: (values) => valueScale(alert, values),
    axisText: (value) => measured(metric, value),
    threshold: { at: limit, label: say.limitLine },
  };
}
