import * as z from 'zod';
import { version } from '../../package.json';
import { isMigrated, NotMigratedError } from '../../storage/migrated.ts';
import { loadRegions } from '../../storage/region-registry.ts';
import { isoTime } from './figures.ts';
import { jsonResponse } from './problem-response.ts';
import type { Route } from './route.ts';

const status = DESCRIBED && z.literal('ok').describe('Anything else is a problem with a status of its own');
const versionOf = DESCRIBED && z.string().describe('Version of the product');

/** GET /health: whether the service can work. Once it could, this isolate never asks the database again. */
export function healthRoute(): Route {
  let migrated = false;
  return {
    method: 'GET',
    path: '/health',
    role: 'public',
    handler: async (context) => {
      migrated ||= await isMigrated(context.env.DB);
      if (!migrated) throw new NotMigratedError();
      return jsonResponse({ status: 'ok', version, migrated });
    },
    tag: 'Service',
    doc: DESCRIBED && {
      summary: 'Whether the service can work',
      description: 'Cheap enough to be asked every second by a load balancer.',
      answer: z.strictObject({
        status,
        version: versionOf,
        migrated: z.literal(true).describe('The database has every table that this version needs'),
      }),
      example: { status: 'ok', version, migrated: true },
      problems: ['not_migrated'],
    },
  };
}

/** GET /api/health: the parts, each asked now. */
export const partsHealthRoute: Route = {
  method: 'GET',
  path: '/api/health',
  role: 'public',
  handler: async ({ env }) => {
    const startedMs = Date.now();
    if (!(await isMigrated(env.DB))) throw new NotMigratedError();
    const answeredMs = Date.now();
    const regions = await loadRegions(env.DB, startedMs);
    return jsonResponse({
      status: 'ok',
      version,
      environment: env.ENVIRONMENT,
      time: isoTime(startedMs),
      components: {
        d1: { status: 'ok', migrated: true, latency_ms: answeredMs - startedMs },
        regions: { status: 'ok', count: regions.length },
      },
    });
  },
  tag: 'Service',
  doc: DESCRIBED && {
    summary: 'The parts of the service, each asked now',
    answer: z.strictObject({
      status,
      version: versionOf,
      environment: z.string().describe('`local` or `production`'),
      time: z.iso.datetime().describe('Time of the server'),
      components: z
        .strictObject({
          d1: z
            .strictObject({
              status,
              migrated: z.literal(true),
              latency_ms: z.int().min(0).describe('Of one small read'),
            })
            .describe('The database'),
          regions: z
            .strictObject({ status, count: z.int().min(0).describe('Regions in the registry') })
            .describe('The registry of regions'),
        })
        .describe('Each part by its name'),
    }),
    example: {
      status: 'ok',
      version,
      environment: 'production',
      time: '2026-11-21T06:35:09.000Z',
      components: {
        d1: { status: 'ok', migrated: true, latency_ms: 4 },
        regions: { status: 'ok', count: 12 },
      },
    },
    problems: ['not_migrated'],
  },
};
