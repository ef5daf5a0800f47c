/** The pipeline as a picture of text and links; on a phone a list from top to bottom. */
import { signal } from '@preact/signals';
import { rateFigure } from '../format/number.ts';
import { DataTable } from '../panels/data-table.tsx';
import { Mark, type MarkKind } from '../panels/mark.tsx';
import { Quantity } from '../panels/quantity.tsx';
import * as say from '../text/system.ts';
import type { RegionRow, SystemData } from './answer.ts';
import { addressOf, type Place, placesOf, regionsToShow, stateMarks, stateWords } from './picture.ts';

export const tableShown = signal(false);

export const regionMarks: Readonly<Record<RegionRow['state'], MarkKind>> = {
  well: 'healthy',
  behind: 'warning',
  silent: 'silent',
  idle: 'idle',
  no_answer: 'down',
};

/** The way of an event. */
const spine: ReadonlySet<string> = new Set(['doors', 'queue', 'regions']);

export function Flow({ data }: { readonly data: SystemData }) {
  const places = placesOf(data);
  return (
    <section aria-label={say.thePipeline}>
      <ol class="flow">
        {places.map((place) => (
          <li key={place.part} class={spine.has(place.part) ? undefined : 'branch'}>
            {place.part !== 'doors' && <Arrow place={place} />}
            <Node place={place} regions={place.part === 'regions' ? data.regions : []} />
          </li>
        ))}
      </ol>
      {tableShown.value && (
        <DataTable
          caption={say.pipelineCaption}
          columns={[say.place, say.state, say.comesIn, say.of, say.there, say.meaning]}
          isShown={tableShown}
          rows={places.map(({ part, name, state, flow, flowWord, figure, remark }) => ({
            key: part,
            cells: [name, stateWords[state], flow, flowWord, figure, remark],
          }))}
        />
      )}
    </section>
  );
}

function Arrow({ place: { part, flow, flowWord, isStill } }: { readonly place: Place }) {
  return (
    <p class={`arrow to-${part} ${isStill ? 'arrow-still' : ''}`}>
      <b>
        <Quantity figure={flow} />
      </b>{' '}
      <span>{flowWord}</span>
    </p>
  );
}

interface NodeProps {
  readonly place: Place;
  readonly regions: readonly RegionRow[];
}

function Node({ place: { part, name, state, figure, remark }, regions }: NodeProps) {
  return (
    <div class={`node node-${part} node-${state}`}>
      <p class="node-name">
        <a href={addressOf(part)}>{name}</a>{' '}
        <span class="state">
          <Mark kind={stateMarks[state]} size={10} />
          {stateWords[state]}
        </span>
      </p>
      <p class="node-figure">
        <Quantity figure={figure} />
      </p>
      <p class="quiet">{remark}</p>
      {regions.length > 0 && <RegionList regions={regions} />}
    </div>
  );
}

function RegionList({ regions }: { readonly regions: readonly RegionRow[] }) {
  const shown = regionsToShow(regions);
  return (
    <ul class="node-regions-list">
      {shown.map(({ region, state, events_per_second: events }) => (
        <li key={region}>
          <a href={`/?region=${encodeURIComponent(region)}`}>
            <Mark kind={regionMarks[state]} size={10} />
            <span class="region-name">{region}</span>
            {state !== 'well' && <span class="unseen">{state.replace('_', ' ')}</span>}
            <Quantity figure={rateFigure(events, '')} />
          </a>
        </li>
      ))}
      {shown.length < regions.length && <li class="quiet">{say.andMore(regions.length - shown.length)}</li>}
    </ul>
  );
}
