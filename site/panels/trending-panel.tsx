/** The titles of the last five minutes, by downloads. */
import { useSignalEffect } from '@preact/signals';
import type { LiveRankedContent } from '../../core/protocol/live.ts';
import { valueListOf } from '../filter/value-list.ts';
import { countFigure, countText, shareFigure } from '../format/number.ts';
import { catalogueTitles, nameOfContent } from '../live/catalogue-titles.ts';
import { frameWords, lowered } from '../live/frame-words.ts';
import { type Movement, movement } from '../live/ranking.ts';
import { surelyFails } from '../live/region-summary.ts';
import type { Store } from '../live/store.ts';
import * as say from '../text/panels.ts';
import type { ViewState } from '../views/view-state.ts';
import { isAdding } from './mark.tsx';
import { PanelMore } from './panel-more.tsx';
import { Quantity } from './quantity.tsx';
import { Waiting } from './waiting.tsx';

export function TrendingPanel({ store, view }: { readonly store: Store; readonly view: ViewState }) {
  const breakdown = store.breakdown.value;
  const contents = breakdown?.contents ?? null;
  const over = frameWords(store.frame.value, store.asked.value).breakdown;
  const hasMoves = breakdown?.has_ranks_before !== false;
  useSignalEffect(() => {
    void catalogueTitles.want([
      ...(store.breakdown.value?.contents ?? []).map(({ content_id: id }) => id),
      ...(valueListOf(store.asked.value.content_id)?.values ?? []),
    ]);
  });
  return (
    <section class="panel trending-panel" aria-labelledby="trending-title">
      <header class="panel-head">
        <h2 id="trending-title">
          {say.trending} <span class="quiet plain">{say.byDownloads}</span>
        </h2>
        <p class="readout quiet">
          {over}
          {hasMoves && say.againstBefore}
        </p>
        {contents && contents.length > 0 && <PanelMore title={say.trending} />}
      </header>
      {contents === null && <Waiting store={store} />}
      {contents?.length === 0 && <p class="waiting quiet">{say.noTitlesOver(lowered(over))}</p>}
      {contents && contents.length > 0 && (
        <table class={`data trending${view.tablesShown.value ? ' in-full' : ''}`}>
          <caption class="unseen">{say.titlesByDownloads(lowered(over))}</caption>
          <thead>
            <tr>
              <th scope="col" class="rank">
                <span class="unseen">{say.rank}</span>
              </th>
              <th scope="col" class="movement">
                <span class="unseen">{say.movement}</span>
              </th>
              <th scope="col" class="text">
                {say.title}
              </th>
              <th scope="col" class="wide text type">
                {say.type}
              </th>
              <th scope="col" class="count">
                {say.downloads}
              </th>
              <th scope="col" class="wide count">
                {say.views}
              </th>
              <th scope="col" class="success-cell">
                {say.success}
                <span class="unit">%</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {contents.map((content) => (
              <TitleRow key={content.content_id} content={content} store={store} hasMoves={hasMoves} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

interface TitleRowProps {
  readonly content: LiveRankedContent;
  readonly store: Store;
  readonly hasMoves: boolean;
}

/** The row takes clicks for the hand; the button in it is what the keyboard and the screen reader meet. */
function TitleRow({ content, store, hasMoves }: TitleRowProps) {
  const { rank, content_id: id, content_type: type, downloads, views, success_rate: rate } = content;
  const known = catalogueTitles.known.value.get(id);
  const title = nameOfContent(content);
  const kind = [known?.genre, type].filter(Boolean).join(' ') || null;
  const success = shareFigure(rate, say.noDownloads);
  return (
    <tr
      class={`pressable ${store.markOf('content_id', id) ?? ''}${surelyFails(rate, downloads) ? ' title-failing' : ''}`}
      onClick={(event) => store.press('content_id', id, isAdding(event))}
    >
      <td class="rank">{rank}</td>
      <td class="movement">{hasMoves && <MovementMark move={movement(content)} />}</td>
      <th scope="row" class="text title" title={title === id ? id : `${title} (${id})`}>
        <button type="button" aria-pressed={store.markOf('content_id', id) === 'chosen'}>
          <bdi>{title}</bdi>
        </button>
        <span class="narrow">{kind ?? say.typeUnknown}</span>
      </th>
      <td class="wide text type quiet">
        <bdi title={kind ?? undefined}>{kind ?? '–'}</bdi>
      </td>
      <td class="count">
        <Quantity figure={countFigure(downloads)} />
        <span class="narrow">{say.viewsCount(countText(views))}</span>
      </td>
      <td class="wide count">
        <Quantity figure={countFigure(views)} />
      </td>
      <td class="success-cell">
        <span class="success-pair">
          <span class="success-bar" aria-hidden="true">
            <span style={{ width: `${(rate ?? 0) * 100}%` }} />
          </span>
          <Quantity figure={{ ...success, unit: '' }} />
        </span>
      </td>
    </tr>
  );
}

/** Drawn, as not every font has arrows of one size. */
const arrows = { up: 'M5 1l4.5 8h-9z', down: 'M5 9l4.5-8h-9z' } as const;

function MovementMark({ move }: { readonly move: Movement }) {
  const { kind, places, text } = move;
  return (
    <span class={`move move-${kind}`} title={text}>
      <span aria-hidden="true">
        {(kind === 'up' || kind === 'down') && (
          <svg width="8" height="8" viewBox="0 0 10 10" aria-hidden="true">
            <path d={arrows[kind]} fill="currentColor" />
          </svg>
        )}
        {kind === 'new' ? say.newWord : places > 0 ? places : '–'}
      </span>
      <span class="unseen">{text}</span>
    </span>
  );
}
