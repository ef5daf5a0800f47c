/** The land, as dots. */
import { landRows } from './world-land.ts';

const columns = 120;

/** A line of no length with round ends is a dot: one path of them is the cheapest way to draw two thousand. */
const dots = landRows
  .flatMap((row, y) =>
    row.split('').map((cell, x) => (cell === '#' ? `M${x + (y % 2 === 0 ? 0.5 : 1)} ${y + 0.5}h0` : '')),
  )
  .join('');

export function MapLand() {
  return (
    <svg class="map-land" viewBox={`0 0 ${columns} ${landRows.length}`} aria-hidden="true">
      <path d={dots} />
    </svg>
  );
}
