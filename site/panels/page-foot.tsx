import * as say from '../text/frame.ts';

/** Where else to look. */
export function PageFoot() {
  return (
    <footer class="page-foot quiet">
      <a href="/docs">{say.apiReference}</a>
      <a href="/docs/problems">{say.problems}</a>
      <a href="/openapi.json">{say.openapiJson}</a>
      <a href="/api/health">{say.health}</a>
    </footer>
  );
}
