/**
 * The Worker's entry of fire runs alone (`npm run fire`): the product's own doors and objects, with faults and stops
 * around what they ask of the platform and a durable queue. Nothing of it is in a deployment: wrangler.toml names
 * workers/index.ts, which cannot see it (test/house/fire.test.ts).
 */
import './clock.ts';

import * as product from '../../../workers/index.ts';
import { setAlarmsBack } from './clock.ts';
import { handleControl } from './control.ts';
import { fireEnv } from './environment.ts';
import type { FireEnv } from './fire-env.ts';

export { QueueStandIn } from './queue-stand-in.ts';
export { RegionWindow } from './region-window.ts';

export class LiveHub extends product.LiveHub {
  constructor(ctx: DurableObjectState, env: FireEnv) {
    setAlarmsBack(ctx.storage);
    super(ctx, fireEnv(env, 'hub'));
  }

  fireAbort(): void {
    this.ctx.abort('fire');
  }
}

export class KeyMeter extends product.KeyMeter {
  constructor(ctx: DurableObjectState, env: FireEnv) {
    setAlarmsBack(ctx.storage);
    super(ctx, fireEnv(env, 'meter'));
  }

  fireAbort(): void {
    this.ctx.abort('fire');
  }
}

export class LakeSealer extends product.LakeSealer {
  constructor(ctx: DurableObjectState, env: FireEnv) {
    setAlarmsBack(ctx.storage);
    super(ctx, fireEnv(env, 'sealer'));
  }

  fireAbort(): void {
    this.ctx.abort('fire');
  }
}

export class HourBatch extends product.HourBatch {
  constructor(ctx: ExecutionContext, env: FireEnv) {
    super(ctx, fireEnv(env, 'hour'));
  }
}

export class DayBatch extends product.DayBatch {
  constructor(ctx: ExecutionContext, env: FireEnv) {
    super(ctx, fireEnv(env, 'day'));
  }
}

export class EtlRun extends product.EtlRun {
  constructor(ctx: ExecutionContext, env: FireEnv) {
    super(ctx, fireEnv(env, 'etl'));
  }
}

export class SessionBatch extends product.SessionBatch {
  constructor(ctx: ExecutionContext, env: FireEnv) {
    super(ctx, fireEnv(env, 'session'));
  }
}

export class Replay extends product.Replay {
  constructor(ctx: ExecutionContext, env: FireEnv) {
    super(ctx, fireEnv(env, 'replay'));
  }
}

const { default: doors } = product;

export default {
  fetch: async (request, env, ctx) =>
    (await handleControl(request, env)) ?? (await doors.fetch(request, fireEnv(env, 'door'), ctx)),
  queue: async (batch, env) => await doors.queue(batch, fireEnv(env, 'consumer')),
  scheduled: async (controller, env) => await doors.scheduled(controller, fireEnv(env, 'door')),
} satisfies ExportedHandler<FireEnv>;
