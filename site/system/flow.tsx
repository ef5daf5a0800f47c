/** The pipeline as a picture; on a phone a list from top to bottom. The table beside it says the same. */
import { signal } from '@preact/signals';
import { DataTable } from '../panels/data-table.tsx';
import { Mark, type MarkKind } from '../panels/mark.tsx';
import { Quantity } from '../panels/quantity.tsx';
import type { RegionRow, SystemData } from './answer.ts';
import { type Place, placesOf, stateMarks, stateWords } from './picture.ts';

export const tableShown = signal(false);

export const regionMarks: Readonly<Record<RegionRow['state'], MarkKind>> = {
  well: 'healthy',
  behind: 'warning',
  silent: 'silent',
  idle: 'idle',
  no_answer: 'down',
};

export function Flow({ data }: { readonly data: SystemData }) {
  const places = placesOf(data);
  return (
    <section class="flow-panel" aria-label="The pipeline">
      <div class="flow" aria-hidden="true">
        {places.map((place) => [
          place.part !== 'doors' && <Arrow key={`to ${place.part}`} place={place} />,
          <Node key={place.part} place={place} regions={place.part === 'regions' ? data.regions : []} />,
        ])}
      </div>
      <DataTable
        caption="The pipeline, from the doors to the viewers"
        columns={['Place', 'State', 'Comes in', 'of', 'Figure', 'Meaning']}
        isShown={tableShown}
        rows={places.map(({ part, name, state, flow, flowWord, figure, remark }) => ({
          key: part,
          cells: [name, stateWords[state], flow, flowWord, figure, remark],
        }))}
      />
    </section>
  );
}

function Arrow({ place: { part, flow, flowWord, isStill } }: { readonly place: Place }) {
  return (
    <p class={`arrow to-${part} ${isStill ? 'arrow-still' : ''}`}>
      <b>
        <Quantity figure={flow} />
      </b>
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
        {name}
        <span class="state">
          <Mark kind={stateMarks[state]} size={10} />
          {stateWords[state]}
        </span>
      </p>
      <p class="node-figure">
        <Quantity figure={figure} />
      </p>
      <p class="quiet">{remark}</p>
      {regions.length > 0 && (
        <p class="node-marks">
          {regions.map((row) => (
            <span key={row.region} title={`${row.region}: ${row.state}`}>
              <Mark kind={regionMarks[row.state]} size={10} />
            </span>
          ))}
        </p>
      )}
    </div>
  );
}
