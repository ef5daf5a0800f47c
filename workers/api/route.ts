/** One route of the service: what it does, who may use it, and how it is documented (openapi.ts). */
import type * as z from 'zod';
import type { ProblemCode } from '../../core/protocol/problem.ts';
import type { Role } from './admission.ts';
import type { ApiContext } from './stats-query.ts';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As the router takes it: `/api/alerts/:id/ack`. */
  readonly path: string;
  readonly role: Role;
  readonly handler: (context: ApiContext) => Promise<Response>;
  /** Action under which the audit log notes an answer that shows people unmasked, as the handler says (AuditNote). */
  readonly unmasked?: string;
  /** Chapter of the reference. */
  readonly tag:
    | 'Statistics'
    | 'Stream'
    | 'Alerts'
    | 'Annotations'
    | 'Views'
    | 'Live'
    | 'Events'
    | 'Access'
    | 'Batch'
    | 'Analytics'
    | 'Imports'
    | 'Catalogue'
    | 'Service';
  /** `DESCRIBED && {…}`: in the Worker it is absent (described.d.ts), and nothing there may ask for it. */
  readonly doc: RouteDoc;
}

export interface RouteDoc {
  /** One line, without a full stop. */
  readonly summary: string;
  readonly description?: string;
  /** The very schemas that validate. Each has a description (`.describe`) and, by `.meta`, an example. */
  readonly path?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyExample?: unknown;
  /** Content types of the body other than JSON, each with an example; without `body` it is never JSON. */
  readonly bodyTypes?: Readonly<Record<string, string>>;
  /** The answer: tests hold real answers against it. Absent where it is no JSON. */
  readonly answer?: z.ZodType;
  /** Of the answer; 200 where it is absent. */
  readonly status?: 101 | 202;
  /** The answer is no JSON, but of this type. */
  readonly answerType?: string;
  /** A real answer, shortened. */
  readonly example?: unknown;
  /** True where `Accept: text/csv` gives the rows of `data` as CSV. */
  readonly csv?: boolean;
  /** What may go wrong beside what may go wrong everywhere. */
  readonly problems?: readonly ProblemCode[];
}
