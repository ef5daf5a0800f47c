/** The command that shows that a key works. */
export function sendCommand(origin: string, key: string, region: string): string {
  const event = { event_type: 'view', region, content_id: 'movie-1', session_id: 'session-1' };
  return [
    `curl ${origin}/v1/events`,
    `-H 'authorization: Bearer ${key}'`,
    "-H 'content-type: application/json'",
    `-d '${JSON.stringify(event)}'`,
  ].join(' \\\n  ');
}
