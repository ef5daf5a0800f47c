import * as z from 'zod';
import { once } from '../../core/protocol/once.ts';

const message = 'must be the version that was read, a whole number from 1 on';

/** Of a DELETE, which has no body: what is deleted must be what was read. */
export const versionParameter = once(() =>
  z
    .string(message)
    .regex(/^[1-9]\d{0,14}$/, message)
    .transform(Number)
    .meta(DESCRIBED && { type: 'integer', minimum: 1, example: '1' })
    .describe(DESCRIBED && 'The version that was read; 409 where there is a newer one'),
);
