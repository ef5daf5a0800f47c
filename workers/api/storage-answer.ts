import { errorFields } from '../../core/protocol/log-line.ts';
import { NotMigratedError } from '../../storage/migrated.ts';
import { problemResponse } from './problem-response.ts';
import { logForRequest } from './request-scope.ts';

/** Answers 503 where D1 does not, so that it is told from a fault of ours. `event` is the name of the log line. */
export async function orStorageUnavailable(event: string, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotMigratedError) throw error;
    logForRequest('error', event, errorFields(error));
    return problemResponse('storage_unavailable', 'The database does not answer. Read before you try again.');
  }
}
