/** One structured log line: JSON with level, event and fields. The caller prints it. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export function logLine(
  level: LogLevel,
  event: string,
  fields: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ level, event, ...fields });
}

/** What of a thrown value goes into a log line. */
export function errorFields(error: unknown): { readonly error: string } {
  return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
}
