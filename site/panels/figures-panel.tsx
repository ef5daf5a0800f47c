/** How well it goes, and how much is going on, in seven numbers. */
import type { ComponentChildren } from 'preact';
import { Sparkline } from '../chart/sparkline.tsx';
import { changeFigure, changeOf, pointsFigure } from '../format/change.ts';
import { countFigure, countText, type Figure, noFigure, rateFigure, shareFigure } from '../format/number.ts';
import { delayFigure } from '../format/time.ts';
import { frameWords, lowered } from '../live/frame-words.ts';
import type { Series } from '../live/series.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';
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
        name={say.successRate}
        change={before && pointsFigure(figures.successRate, before.successRate)}
        figure={shareFigure(figures.successRate, say.noDownloads)}
        note={failedNote(figures.failedJudged, figures.downloadsJudged, words.judged)}
      >
        <Sparkline values={closed(panes, panes.success)} min={0.5} max={1} />
      </FigureCard>
      <FigureCard
        name={say.events}
        change={before && changeFigure(changeOf(figures.eventsPerSecond, before.eventsPerSecond))}
        figure={rateFigure(figures.eventsPerSecond)}
        note={words.rate}
      >
        <Sparkline values={closed(panes, panes.events)} />
      </FigureCard>
      <FigureCard
        name={say.views}
        change={before && changeFigure(changeOf(figures.views, before.views))}
        figure={countFigure(figures.views)}
        note={words.total}
      >
        <Sparkline values={closed(minutes, minutes.views)} />
      </FigureCard>
      <FigureCard
        name={say.downloads}
        change={before && changeFigure(changeOf(figures.downloads, before.downloads))}
        figure={countFigure(figures.downloads)}
        note={words.total}
      >
        <Sparkline values={closed(minutes, minutes.downloads)} />
      </FigureCard>
      <FigureCard
        name={say.activeViewers}
        figure={figures.viewers === null ? noFigure(notKept) : countFigure(figures.viewers)}
        note={figures.viewers === null ? notKept : say.inTheLast60S}
      />
      <FigureCard
        name={say.activeTitles}
        figure={figures.titles === null ? noFigure(say.notKnown) : countFigure(figures.titles)}
        note={lowered(words.breakdown)}
      />
      {figures.viewers !== null && (
        <FigureCard
          name={say.freshness}
          figure={delayFigure(figures.freshnessMs)}
          note={say.fromReceiptToFrame}
        />
      )}
    </dl>
  );
}

const notKept = say.notKept;

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
  if (downloads === 0) return say.noDownloadsOver(over);
  return say.failedOf(countText(failed), countText(downloads), over);
}

const closed = (series: Series, values: readonly (number | null)[]): readonly (number | null)[] =>
  values.slice(0, series.closedCount);
