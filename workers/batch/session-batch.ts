import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers';
import { errorFields, logLine } from '../../core/protocol/log-line.ts';
import { sessionStepEventsMax } from '../../core/protocol/warehouse-limits.ts';
import { readUsersOneIn, usersOneInMax } from '../../core/warehouse/user-sample.ts';
import { r2PartSource } from '../../storage/lake/part-source.ts';
import { readPart } from '../../storage/lake/read-part.ts';
import type { SessionParams } from '../../storage/warehouse/session-hours.ts';
import type { Env } from '../env.ts';
import { patientSteps } from './patient-steps.ts';
import { runSessions, type SessionPorts } from './session-run.ts';
import { beginNextSessions } from './sessions-due.ts';
import { stopAtSteps } from './stop-at-steps.ts';

/** The sessions of an hour of a region. One that fails stays due, and begins anew at a later look (sessions-due.ts). */
export class SessionBatch extends WorkflowEntrypoint<Env, SessionParams> {
  override async run(
    { payload }: Readonly<WorkflowEvent<SessionParams>>,
    step: WorkflowStep,
  ): Promise<string> {
    const { DB, LAKE, SESSION_BATCH } = this.env;
    const ports: SessionPorts = {
      db: DB,
      bucket: LAKE,
      read: (name, wanted) => readPart(r2PartSource(LAKE, name), wanted),
      now: Date.now,
      stepEvents: sessionStepEventsMax,
      usersOneIn: this.#usersOneIn(),
    };
    const steps = patientSteps(stopAtSteps(step, 'session', this.env));
    try {
      const how = await runSessions(ports, steps, payload);
      await steps.do(
        'next',
        async () => await beginNextSessions({ db: DB, workflow: SESSION_BATCH, nowMs: Date.now() }, payload),
      );
      return how;
    } catch (error) {
      console.error(logLine('error', 'session_hour_failed', { ...payload, ...errorFields(error) }));
      throw error;
    }
  }

  /** All, where what is set cannot be read: rows too many are taken away again by a later run, rows too few are missed. */
  #usersOneIn(): number {
    const { SESSION_USERS_ONE_IN: set } = this.env;
    const read = readUsersOneIn(set);
    if (read === null)
      console.error(
        logLine('error', 'session_users_one_in', {
          value: set,
          reason: `is no whole number from 1 to ${usersOneInMax}: sessions of all users are kept`,
        }),
      );
    return read ?? 1;
  }
}
