/** The stream's events, counted by the batch layer: a part of the page that is loaded when it is asked for. */
import { computed } from '@preact/signals';
import { watchAnnotations } from '../annotations/annotation-list.ts';
import { valueListOf } from '../filter/value-list.ts';
import * as say from '../text/analytics-batch.ts';
import { times, view, watchView } from './answers.ts';
import { Coverage } from './coverage.tsx';
import { RangeBar } from './range-bar.tsx';
import { PatternPanel, SeriesPanel } from './time-panels.tsx';
import { PopularPanel, RatingsPanel } from './title-lists.tsx';
import { UsersPanel } from './users-panel.tsx';
import { daysText, rangeWords } from './view.ts';

watchView();
watchAnnotations(
  computed(() => {
    const { from, to } = times.value;
    return { from, to, regions: valueListOf(view.value.region ?? '') };
  }),
);

export function StreamPart() {
  const { range, region } = view.value;
  const days = daysText(times.value);
  return (
    <>
      <header class="title">
        <div>
          <h1>{range === 'custom' ? days : rangeWords[range]}</h1>
          <p class="title-remark">
            {range !== 'custom' && `${days}, `}
            {say.utcAnd} {region ?? say.allRegions}
          </p>
        </div>
        <RangeBar />
      </header>
      <Coverage />
      <div class="panels">
        <PopularPanel />
        <RatingsPanel />
        <PatternPanel />
        <SeriesPanel />
        <UsersPanel />
      </div>
    </>
  );
}
