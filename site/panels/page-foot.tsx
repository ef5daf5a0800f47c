/** Where else to look. */
export function PageFoot() {
  return (
    <footer class="page-foot quiet">
      <a href="/docs">API reference</a>
      <a href="/docs/problems">Problems</a>
      <a href="/openapi.json">openapi.json</a>
      <a href="/api/health">Health</a>
    </footer>
  );
}
