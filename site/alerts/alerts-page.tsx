import * as say from '../text/alerts.ts';
import 'uplot/dist/uPlot.min.css';
import '../theme/tokens.css';
import '../theme/base.css';
import '../panels/mark.css';
import '../panels/page-nav.css';
import '../panels/page-head.css';
import '../panels/page-foot.css';
import '../access/person-menu.css';
import '../admin/admin.css';
import '../chart/chart.css';
import '../panels/alerts-panel.css';
import './alerts.css';
import { bindKeys } from '../keys/key-list.ts';
import { Announcer } from '../panels/announcer.tsx';
import { PageFrame, startFrame } from '../panels/page-frame.tsx';
import { watchTitle } from '../views/title.ts';
import { changedFilter, narrowing } from './alert-filter.ts';
import { AlertFilters } from './alert-filters.tsx';
import { choose, filter, heard, startList } from './alert-list.ts';
import { AlertLog } from './alert-log.tsx';
import { AlertsHead } from './alerts-head.tsx';

function Alerts() {
  return (
    <>
      <PageFrame current="alerts">
        <AlertsHead />
        <AlertFilters />
        <AlertLog />
      </PageFrame>
      <Announcer heard={heard} />
    </>
  );
}

/** Closes what is open, or else takes back a filter. */
function undo(): void {
  const last = lastField();
  if (last) choose(changedFilter(filter.peek(), { [last]: null }));
}

const lastField = () =>
  (['alert', 'from', ...narrowing.toReversed(), 'state'] as const).find((name) => filter.peek()[name]);

bindKeys({
  keys: ['Escape'],
  meaning: say.closeTheDetailsUndoTheFilter,
  group: say.whatIsShown,
  press: undo,
  when: () => lastField() !== undefined,
});
watchTitle(heard);
startList();
startFrame(<Alerts />);
