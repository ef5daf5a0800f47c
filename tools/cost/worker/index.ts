/**
 * The Worker's entry of counted runs alone (`npm run bench -- cost`, test/e2e/cost.test.ts): the product's own doors and
 * objects, with a count around what they ask of the platform, and a clock that a run sets. Nothing of it is in a
 * deployment (test/house/fire.test.ts).
 */
import './clock.ts';

import type { Env } from '../../../workers/env.ts';
import * as product from '../../../workers/index.ts';
import { holdAlarms } from './clock.ts';
import { handleControl } from './control.ts';
import { countedSteps } from './counted-objects.ts';
import { countSql } from './counted-sql.ts';
import { countedEnv, queueUnits } from './environment.ts';
import { count, during, end } from './tally.ts';

function countObject(ctx: DurableObjectState, className: string): void {
  holdAlarms(ctx, className);
  countSql(ctx, className);
}

export class RegionWindow extends product.RegionWindow {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx, 'RegionWindow');
    super(ctx, countedEnv(env));
  }

  async costAlarm(): Promise<void> {
    await this.alarm();
  }
}

export class LiveHub extends product.LiveHub {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx, 'LiveHub');
    super(ctx, countedEnv(env));
  }

  costAlarm(): void {
    this.alarm();
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    count('socketMessages', 'LiveHub');
    super.webSocketMessage(socket, message);
  }
}

export class KeyMeter extends product.KeyMeter {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx, 'KeyMeter');
    super(ctx, countedEnv(env));
  }
}

export class LakeSealer extends product.LakeSealer {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx, 'LakeSealer');
    super(ctx, countedEnv(env));
  }

  async costAlarm(): Promise<void> {
    await this.alarm();
  }
}

export class HourBatch extends product.HourBatch {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, countedEnv(env));
  }

  override async run(...[event, step]: Parameters<product.HourBatch['run']>): Promise<string> {
    return await super.run(event, countedSteps(step, 'HourBatch')).finally(end);
  }
}

export class DayBatch extends product.DayBatch {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, countedEnv(env));
  }

  override async run(...[event, step]: Parameters<product.DayBatch['run']>) {
    return await super.run(event, countedSteps(step, 'DayBatch')).finally(end);
  }
}

export class SessionBatch extends product.SessionBatch {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, countedEnv(env));
  }

  override async run(...[event, step]: Parameters<product.SessionBatch['run']>) {
    return await super.run(event, countedSteps(step, 'SessionBatch')).finally(end);
  }
}

// Imports and replays are no part of what is counted; they are there since bindings name them.
export const { EtlRun, Replay } = product;

const { default: doors } = product;

export default {
  fetch: async (request, env, ctx) => {
    const answered = await handleControl(request, env);
    if (answered) return answered;
    count('workerRequests', `${request.method} ${new URL(request.url).pathname}`);
    return await during(async () => await doors.fetch(request, countedEnv(env), ctx));
  },
  queue: async (batch, env) => {
    count('workerRequests', 'queue batch');
    await during(async () => await doors.queue(batch, countedEnv(env)));
    for (const { body } of batch.messages) {
      // To read it, and to delete it.
      count('queueOperations', 'queue read', 2 * queueUnits((body as ArrayBuffer).byteLength));
      end();
    }
  },
  scheduled: async (controller, env) => {
    count('workerRequests', `cron ${controller.cron}`);
    await during(async () => await doors.scheduled(controller, countedEnv(env)));
  },
} satisfies ExportedHandler<Env>;
