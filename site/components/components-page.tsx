/** Every component of the site in its states, for those who build with them. Not part of what is deployed. */
import 'uplot/dist/uPlot.min.css';
import '../theme/tokens.css';
import '../theme/base.css';
import '../panels/mark.css';
import '../panels/page-nav.css';
import '../panels/page-head.css';
import '../panels/filter-line.css';
import '../panels/alerts-panel.css';
import '../panels/service-panel.css';
import '../panels/figures-panel.css';
import '../admin/fields.css';
import '../admin/admin.css';
import '../admin/dialog.css';
import '../admin/table.css';
import '../admin/audit.css';
import '../analytics/analytics.css';
import '../analytics/columns.css';
import '../chart/chart.css';
import '../system/system.css';
import './components.css';
import { render } from 'preact';
import { PageNav } from '../panels/page-nav.tsx';
import { theme, toggleTheme, watchTheme } from '../theme/theme.ts';
import { Charts } from './charts.tsx';
import { Controls } from './controls.tsx';
import { Panels } from './panels.tsx';
import { Signs } from './signs.tsx';
import { States } from './states.tsx';

function Components() {
  return (
    <>
      <header class="page-head">
        <PageNav current="live" />
        <div class="switches head-end">
          <button type="button" class="button" aria-pressed={theme.value === 'dark'} onClick={toggleTheme}>
            Dark
          </button>
        </div>
      </header>
      <main>
        <header class="title">
          <div>
            <h1>Components</h1>
            <p class="title-remark">
              All there are, in the states that they have. What they are for: docs/design-system.md.
            </p>
          </div>
        </header>
        <Signs />
        <Controls />
        <States />
        <Panels />
        <Charts />
      </main>
    </>
  );
}

watchTheme();
const app = document.querySelector('#app');
if (app) render(<Components />, app);
