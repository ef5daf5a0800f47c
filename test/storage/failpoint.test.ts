import { env } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
import { failpoints } from '../../core/lake/failpoints.ts';
import { failpointsOf } from '../../storage/failpoint.ts';
import { stopAtSteps } from '../../workers/batch/stop-at-steps.ts';

const asking = { LAKE: env.LAKE, ENVIRONMENT: 'local', FAILPOINTS: 'all' };

it('a deployment has no failpoints, whatever its variables say', () => {
  const step = {} as unknown as Parameters<typeof stopAtSteps>[0];
  for (const ENVIRONMENT of ['production', 'staging', '']) {
    expect(failpointsOf({ ...asking, ENVIRONMENT })).toBeNull();
    expect(stopAtSteps(step, 'hour', { ...asking, ENVIRONMENT })).toBe(step);
  }
  expect(failpointsOf({ ...asking, FAILPOINTS: '' })).toBeNull();
  expect(stopAtSteps(step, 'hour', { LAKE: env.LAKE, ENVIRONMENT: 'local' })).toBe(step);
});

it('a point stops what reaches it first, and nothing after that', async () => {
  const stop = failpointsOf({ ...asking, FAILPOINTS: 'before put,behind hour plan' });
  const passed = vi.fn();
  void stop?.('before put').then(passed);
  await vi.waitFor(async () => expect(await env.LAKE.head('failpoints/before put')).not.toBeNull());
  await stop?.('behind put');
  await stop?.('before put');
  expect(passed).not.toHaveBeenCalled();
});

it('each is in the list once', () => {
  expect(new Set(failpoints).size).toBe(failpoints.length);
});
