/** RFC 9457 problem details: the form of every error answer, `application/problem+json`. */
export interface Problem {
  /** Path of the documentation of this kind of problem. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  /** As in the header `x-request-id`; the door adds it to every problem (API-3). */
  readonly request_id?: string;
  /** Parameters or fields at fault. */
  readonly errors?: readonly {
    readonly pointer?: string;
    readonly parameter?: string;
    readonly message: string;
  }[];
}

export const problemContentType = 'application/problem+json';

/** code -> status and title. Every error answer has one of these codes. */
export const problems = {
  unreadable_body: { status: 400, title: 'The body could not be read' },
  invalid_parameter: { status: 400, title: 'A parameter is not valid' },
  unauthorized: { status: 401, title: 'Credentials are missing or not valid' },
  forbidden: { status: 403, title: 'This role may not do that' },
  not_found: { status: 404, title: 'There is nothing here' },
  already_acknowledged: { status: 409, title: 'Somebody has acknowledged this alert before' },
  already_resolved: { status: 409, title: 'This alert is over' },
  already_exists: { status: 409, title: 'There is one of this id' },
  version_conflict: { status: 409, title: 'Somebody has changed this meanwhile' },
  run_in_progress: { status: 409, title: 'A run over these hours goes on' },
  replay_in_progress: { status: 409, title: 'A replay over some of these hours goes on' },
  etl_in_progress: { status: 409, title: 'An ETL run goes on' },
  run_is_over: { status: 409, title: 'The run is over' },
  limit_reached: { status: 409, title: 'There are as many as there may be' },
  built_in_rule: { status: 409, title: 'A rule that ships with the product stays' },
  method_not_allowed: { status: 405, title: 'This method is not allowed here' },
  length_required: { status: 411, title: 'The length of the body must be announced' },
  precondition_failed: { status: 412, title: 'A condition of the request does not hold' },
  payload_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'This content type or encoding is not supported' },
  upgrade_required: { status: 426, title: 'This address speaks WebSocket' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal_error: { status: 500, title: 'Something went wrong on our side' },
  overloaded: { status: 503, title: 'Too busy to take this now' },
  queue_unavailable: { status: 503, title: 'The queue did not take the events' },
  storage_unavailable: { status: 503, title: 'The database does not answer' },
  not_configured: { status: 503, title: 'A secret of the deployment is missing or not valid' },
  not_migrated: { status: 503, title: 'The database is not migrated' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

export function problem(code: ProblemCode, detail: string, errors?: Problem['errors']): Problem {
  const { status, title } = problems[code];
  return { type: `/docs/problems#${code}`, title, status, detail, code, ...(errors ? { errors } : {}) };
}
