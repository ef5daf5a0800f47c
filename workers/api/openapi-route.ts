import * as z from 'zod';
import { problemResponse } from './problem-response.ts';
import type { Route } from './route.ts';

/**
 * GET /openapi.json: made from the routes when the site is built, and served with its files; the generator and its
 * words would only make the Worker heavier. It goes through here for the sake of request ids and CORS.
 */
export const openapiRoute: Route = {
  method: 'GET',
  path: '/openapi.json',
  role: 'public',
  handler: async ({ req, env }) => {
    const answer = await env.ASSETS.fetch(req.raw);
    if (answer.status === 200 || answer.status === 304) return answer;
    await answer.body?.cancel();
    return problemResponse('not_found', 'This deployment was built without its description.');
  },
  tag: 'Service',
  doc: DESCRIBED && {
    summary: 'This description of the API',
    description: 'OpenAPI 3.1, made from the schemas that validate.',
    answer: z.looseObject({
      openapi: z.string().describe('Version of the specification'),
      info: z.looseObject({}).describe('Name and version of the API'),
      paths: z.looseObject({}).describe('Every operation, by path'),
    }),
    problems: ['not_found'],
    example: { openapi: '3.1.0', info: { title: 'Marquee', version: '0.1.0' }, paths: {} },
  },
};
