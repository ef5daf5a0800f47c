/** The page's shape before its first numbers, so that nothing jumps when they come. */
export function Skeleton() {
  return (
    <div class="skeleton" aria-hidden="true">
      <div class="figures">{bones(7, 'bone-figure')}</div>
      <div class="panels">
        <div class="panel regions-panel">{bones(12, 'bone-row')}</div>
        <div class="panel map-panel">{bones(1, 'bone-map')}</div>
        <div class="series-panels">{bones(2, 'bone-plot')}</div>
        <div class="panel trending-panel">{bones(10, 'bone-row')}</div>
      </div>
    </div>
  );
}

function bones(count: number, kind: string) {
  return Array.from({ length: count }, (_, i) => <span class={`bone ${kind}`} key={i} />);
}
