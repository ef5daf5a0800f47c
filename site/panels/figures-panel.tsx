/** How well it goes, and how much is going on, in seven numbers. */
import type { ComponentChildren } from 'preact';
import { Sparkline } from '../chart/sparkline.tsx';
import { changeFigure, changeOf, pointsFigure } from '../format/change.ts';
import { countFigure, countText, type Figure, noFigure, rateFigure, shareFigure } from '../format/number.ts';
import { delayFigure } from '../format/time.ts';
import { frameWords, lowered } from '../live/frame-words.ts';
import type { Series } from '../live/series.ts';
import type { Store } from '../live/store.ts';
import { Quantity } from './quantity.tsx';

export function FiguresPanel({ store }: { readonly store: Store }) {
  const figures = store.figures.value;
  const words = frameWords(store.frame.value, store.asked.value);
  const before = store.figuresBefore.value;
  const panes = store.panes.value;
  const minutes = store.minutes.value;
  return (
    <dl class="figures">
      <FigureCard
        name="Success rate"
        change={before && pointsFigure(figures.successRate, before.successRate)}
        figure={shareFigure(figures.successRate, 'no downloads')}
        note={failedNote(figures.failedJudged, figures.downloadsJudged, words.judged)}
      >
        <Sparkline values={closed(panes, panes.success)} min={0.5} max={1} />
      </FigureCard>
      <FigureCard
        name="Events"
        change={before && changeFigure(changeOf(figures.eventsPerSecond, before.eventsPerSecond))}
        figure={rateFigure(figures.eventsPerSecond)}
        note={words.rate}
      >
        <Sparkline values={closed(panes, panes.events)} />
      </FigureCard>
      <FigureCard
        name="Views"
        change={before && changeFigure(changeOf(figures.views, before.views))}
        figure={countFigure(figures.views)}
        note={words.total}
      >
        <Sparkline values={closed(minutes, minutes.views)} />
      </FigureCard>
      <FigureCard
        name="Downloads"
        change={before && changeFigure(changeOf(figures.downloads, before.downloads))}
        figure={countFigure(figures.downloads)}
        note={words.total}
      >
        <Sparkline values={closed(minutes, minutes.downloads)} />
      </FigureCard>
      <FigureCard
        name="Active viewers"
        figure={figures.viewers === null ? noFigure(notKept) : countFigure(figures.viewers)}
        note={figures.viewers === null ? notKept : 'in the last 60 s'}
      />
      <FigureCard
        name="Active titles"
        figure={figures.titles === null ? noFigure('not known') : countFigure(figures.titles)}
        note={lowered(words.breakdown)}
      />
      {figures.viewers !== null && (
        <FigureCard name="Freshness" figure={delayFigure(figures.freshnessMs)} note="from receipt to frame" />
      )}
    </dl>
  );
}

const notKept = 'not kept';

interface FigureCardProps {
  /** Against the earlier time that is compared. */
  readonly change?: Figure | null;
  readonly name: string;
  readonly figure: Figure;
  readonly note: string;
  readonly children?: ComponentChildren;
}

function FigureCard({ name, figure, note, change, children }: FigureCardProps) {
  return (
    <div class="figure-card">
      <dt>{name}</dt>
      <dd class="figure-number">
        <Quantity figure={figure} />
      </dd>
      {children && <dd class="figure-line">{children}</dd>}
      <dd class="figure-note quiet">
        {change && (
          <b class="figure-change">
            <Quantity figure={change} />
          </b>
        )}
        {note}
      </dd>
    </div>
  );
}

function failedNote(failed: number, downloads: number, over: string): string {
  if (downloads === 0) return `no downloads ${over}`;
  return `${countText(failed)} of ${countText(downloads)} failed ${over}`;
}

const closed = (series: Series, values: readonly (number | null)[]): readonly (number | null)[] =>
  values.slice(0, series.closedCount);
