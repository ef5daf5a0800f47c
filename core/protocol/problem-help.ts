/** What each kind of problem means and what to do about it: the text of /docs/problems, which `type` points to. */
import type { ProblemCode } from './problem.ts';

export interface ProblemHelp {
  readonly meaning: string;
  readonly remedy: string;
}

export const problemHelp: Readonly<Record<ProblemCode, ProblemHelp>> = {
  unreadable_body: {
    meaning:
      'The body is empty, is not JSON, is cut short, or is not whole gzip or deflate. Nothing of it was taken.',
    remedy:
      'Compare the bytes with what you meant to send; a wrong content-encoding is the usual cause. Then send it again, whole.',
  },
  invalid_parameter: {
    meaning:
      'One or more parameters of the query, or members of the body, have a value that is not allowed. `errors` names each of them and says what is.',
    remedy: 'Correct what `errors` names. The same request would fail again.',
  },
  unauthorized: {
    meaning:
      'The address needs a credential, and the request has none that is valid, or several that are not of one person.',
    remedy:
      "Sign in, or show a token or a producer's key that is still good. A local run admits callers of the same machine without: ask by 127.0.0.1 or localhost, and from a page of the same machine or of CORS_ORIGINS.",
  },
  forbidden: {
    meaning: 'The credential is valid, but its role may not do this.',
    remedy: 'Use a credential of the role that the operation names.',
  },
  not_found: {
    meaning: 'There is nothing at this address, or the thing that it names does not exist.',
    remedy: 'Check the spelling of the path and of ids; the reference lists every address.',
  },
  already_acknowledged: {
    meaning: 'The alert was acknowledged before; `detail` says by whom and when. Nothing was changed.',
    remedy: 'Read the alert: whoever acknowledged it is at work on it.',
  },
  already_resolved: {
    meaning: 'The alert is over already, so that there is nothing to close. Nothing was changed.',
    remedy: 'Read the alert: `resolution` says how it ended.',
  },
  already_exists: {
    meaning: 'There is one of this id already. Nothing was changed.',
    remedy: 'Choose another id, or change the one that is there.',
  },
  version_conflict: {
    meaning:
      'It is not as it was in the version that the request names: somebody has changed it, `detail` says when. Nothing was changed.',
    remedy:
      'Read it again, look at what the other has changed, and send your change with the newest `version`.',
  },
  run_in_progress: {
    meaning:
      'Over each of these hours a run of the batch layer goes on or waits, or the hours are frozen: parts of them have expired. Nothing was begun.',
    remedy: 'Look at the runs over these hours, and ask again when they are over.',
  },
  replay_in_progress: {
    meaning:
      'Over some of these hours of these regions a replay goes on; `detail` names it where the caller may see it. Nothing was begun.',
    remedy: 'Wait until it is over, cancel it, or ask for hours or regions that it does not have.',
  },
  etl_in_progress: {
    meaning: 'Files are being loaded into the warehouse; `detail` names the run. Nothing was begun.',
    remedy: 'Wait until it is over, or cancel it.',
  },
  run_is_over: {
    meaning: 'The run has ended before: there is nothing to cancel. Nothing was changed.',
    remedy: 'Read the run: `state` and `error` say how it ended.',
  },
  limit_reached: {
    meaning: 'There are as many of them as there may be; `detail` says how many. Nothing was changed.',
    remedy: 'Change or delete one that is there; of rules, use the id of a deleted one again.',
  },
  built_in_rule: {
    meaning: 'The rule ships with the product: it may be changed and disabled, but not deleted.',
    remedy: 'Disable it: change it with `enabled` false.',
  },
  method_not_allowed: {
    meaning: 'The address exists, but not with this method.',
    remedy: 'Use one of the methods in the header `allow`.',
  },
  length_required: {
    meaning:
      'The body goes to storage as it comes, which needs to know its length; the request has no `content-length`.',
    remedy: 'Send the file with `content-length`, as tools do that upload files from a disk.',
  },
  precondition_failed: {
    meaning:
      'The request was to be done only under a condition (`if-none-match`), which does not hold. Nothing was changed.',
    remedy: 'Read what is there, choose another name, or ask without the condition.',
  },
  payload_too_large: {
    meaning: 'The body has more bytes, records or values than one request may have. Nothing of it was taken.',
    remedy: 'Send fewer records at once; `detail` says which limit was met.',
  },
  unsupported_media_type: {
    meaning: 'The body has a content type, a charset or an encoding that is not understood.',
    remedy: 'Send JSON or NDJSON in UTF-8, plain or with gzip or deflate, and say so in the headers.',
  },
  upgrade_required: {
    meaning: 'The address speaks WebSocket, and the request did not ask for one.',
    remedy: 'Connect with a WebSocket and the subprotocol that `detail` names.',
  },
  too_many_requests: {
    meaning: 'The caller asks more often than it may.',
    remedy: 'Wait as long as the header `retry-after` says, then go on more slowly.',
  },
  internal_error: {
    meaning: 'Something went wrong on our side. The log has the cause, under the `request_id`.',
    remedy:
      'Try again: reading changes nothing, and events that are sent again count once. If it stays, tell the operator the `request_id`.',
  },
  overloaded: {
    meaning: 'The service holds too many large bodies at this moment. Nothing of this one was taken.',
    remedy: 'Send it again after `retry-after` seconds.',
  },
  queue_unavailable: {
    meaning: 'Not all of the events could be put into the queue. Some may have been.',
    remedy:
      'Send the same request again, whole: what got through counts once, as long as `event_id` and `timestamp` stay the same.',
  },
  storage_unavailable: {
    meaning: 'The database does not answer, and nothing else knows what was asked.',
    remedy: 'Send the same request again later. Events are taken and counted meanwhile.',
  },
  not_configured: {
    meaning: 'A secret of the deployment is missing or has another form. `detail` names it.',
    remedy:
      'Operators: set the secret as docs/operations.md says. Producers: keep the events and send them again.',
  },
  not_migrated: {
    meaning: 'The database does not have every table that this version needs.',
    remedy:
      'Operators: run the migrations (`npm run migrate`, or as docs/operations.md says). Others: try again later.',
  },
};
