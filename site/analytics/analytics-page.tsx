import '../theme/tokens.css';
import '../theme/base.css';
import '../panels/mark.css';
import '../panels/page-nav.css';
import '../panels/page-head.css';
import '../panels/page-foot.css';
import '../panels/filter-line.css';
import '../access/person-menu.css';
import '../admin/admin.css';
import '../chart/chart.css';
import './analytics.css';
import './columns.css';
import { PageFrame, startFrame } from '../panels/page-frame.tsx';
import { times, view, watchView } from './answers.ts';
import { Coverage } from './coverage.tsx';
import { RangeBar } from './range-bar.tsx';
import { PatternPanel, SeriesPanel } from './time-panels.tsx';
import { PopularPanel, RatingsPanel } from './title-lists.tsx';
import { UsersPanel } from './users-panel.tsx';
import { daysText, rangeWords } from './view.ts';

/** What was watched, how it was liked, when, and by whom: over days, from the batch layer. */
function Analytics() {
  const { range, region } = view.value;
  const days = daysText(times.value);
  return (
    <PageFrame current="analytics">
      <header class="title">
        <div>
          <h1>{range === 'custom' ? days : rangeWords[range]}</h1>
          <p class="title-remark">
            {range !== 'custom' && `${days}, `}UTC, {region ?? 'all regions'}
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
    </PageFrame>
  );
}

watchView();
startFrame(<Analytics />);
