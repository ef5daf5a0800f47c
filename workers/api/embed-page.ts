/** GET /embed: the page of the site that is shown in frames, framed by whom its embed names and by nobody else (EMB-3). */
import * as z from 'zod';
import { believedEmbed } from '../../storage/embed-store.ts';
import { listedOrigins } from './cors.ts';
import type { Route } from './route.ts';
import { framedByHeader } from './security-headers.ts';
import type { ApiContext } from './stats-query.ts';
import { orStorageUnavailable } from './storage-answer.ts';

export const embedPageRoute: Route = {
  method: 'GET',
  path: '/embed',
  role: 'public',
  handler: page,
  tag: 'Views',
  doc: DESCRIBED && {
    summary: 'The page of an embed, for a frame of another site',
    description:
      'The token is in the fragment of its address, which browsers do not send: the page shows it to the API. ' +
      '`panel` (`view`, `regions`, `map`, `panes`, `minutes`, `trending`, `devices`, `content-types`, ' +
      '`event-types`), `theme` (`light`, `dark`, `auto`) and `transparent=1` say how it looks.',
    query: z.object({
      e: z.string().optional().describe('`id` of the embed').meta({ example: '4s0x9k2m7q1w' }),
    }),
    answerType: 'text/html',
    problems: ['storage_unavailable'],
  },
};

/** The Live view, which looks at its address. One that has ended is framed still, so that it can say so where it stood. */
async function page({ env, req }: ApiContext): Promise<Response> {
  return await orStorageUnavailable('embed_unread', async () => {
    const embed = await believedEmbed(env.DB, req.query('e') ?? '', Date.now());
    const origins = embed?.origins.length === 0 ? listedOrigins(env) : (embed?.origins ?? []);
    const file = await env.ASSETS.fetch(new Request(new URL('/', req.url)));
    const answer = new Response(file.body, file);
    answer.headers.set(framedByHeader, origins.join(' '));
    return answer;
  });
}
