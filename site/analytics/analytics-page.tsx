import * as say from '../text/analytics.ts';
import 'uplot/dist/uPlot.min.css';
import '../theme/tokens.css';
import '../theme/base.css';
import '../panels/mark.css';
import '../panels/page-nav.css';
import '../panels/page-head.css';
import '../panels/page-foot.css';
import '../panels/filter-line.css';
import '../access/person-menu.css';
import '../admin/fields.css';
import '../admin/admin.css';
import '../chart/chart.css';
import '../annotations/annotated.css';
import './analytics.css';
import './columns.css';
import './warehouse.css';
import './heat.css';
import './warehouse-small.css';
import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { AnnotationNews } from '../annotations/annotated.tsx';
import { watchAnnotations } from '../annotations/annotation-list.ts';
import { PageFrame, startFrame } from '../panels/page-frame.tsx';
import { Overview, watchTitle } from './overview.tsx';
import { bindViewKeys } from './view-keys.ts';
import { annotatedDays, asked, watchAddress } from './warehouse.ts';

const isStream = asked.peek().part === 'stream';
/** The other part, once it is there. */
const stream = signal<ComponentType | null>(null);

function Analytics() {
  const Stream = stream.value;
  return (
    <PageFrame current="analytics">
      <nav class="admin-nav" aria-label={say.parts}>
        <a href="/analytics" aria-current={isStream ? undefined : 'page'}>
          {say.sessions}
        </a>
        <a href="/analytics?part=stream" aria-current={isStream ? 'page' : undefined}>
          {say.fromTheStream}
        </a>
      </nav>
      {isStream ? Stream && <Stream /> : <Overview />}
      <AnnotationNews />
    </PageFrame>
  );
}

if (isStream)
  void import('./stream-part.tsx').then(({ StreamPart }) => {
    stream.value = StreamPart;
  });
else {
  watchAddress();
  watchTitle();
  watchAnnotations(annotatedDays);
  bindViewKeys();
}
startFrame(<Analytics />);
