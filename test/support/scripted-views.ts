/** Saved views at the scripted service, which judges names and versions as the real one does (VWS-1). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type Problem, problem, problemContentType } from '../../core/protocol/problem.ts';
import { isPageAddress } from '../../core/view/saved-view.ts';
import type { ViewRow } from '../../site/views-menu/saved-views.ts';

export type ScriptedView = ViewRow;

const aView = (id: string, change: Partial<ScriptedView>): ScriptedView => ({
  id,
  version: 1,
  name: id,
  address: '/',
  visibility: 'shared',
  author: 'Ada Okafor',
  mine: false,
  changed_at: '2026-11-20T10:00:00.000Z',
  ...change,
});

export const scriptedViews = (): ScriptedView[] => [
  aView('drama', { name: 'Drama, last week', address: '/analytics?days=7&genre=Drama' }),
  aView('london', { name: 'London now', address: '/?region=EU-London', author: 'Mei Tanaka', mine: true }),
  aView('tokyo', {
    name: 'Tokyo <b>by night</b>',
    address: '/?region=ASIA-Tokyo',
    mine: true,
    visibility: 'personal',
  }),
];

export async function answerViews(
  views: ScriptedView[],
  role: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const sent = await text(request);
  const url = new URL(request.url ?? '/', 'http://harness');
  const body = (sent === '' ? {} : JSON.parse(sent)) as Partial<ScriptedView>;
  const answer = answerTo(views, role, request.method ?? 'GET', url, body);
  const isProblem = 'status' in answer;
  response.writeHead(isProblem ? answer.status : 200, {
    'content-type': isProblem ? problemContentType : 'application/json',
  });
  response.end(JSON.stringify(answer));
}

function answerTo(
  views: ScriptedView[],
  role: string,
  method: string,
  { pathname, searchParams }: URL,
  body: Partial<ScriptedView>,
): Problem | { readonly data: unknown } {
  if (method === 'GET') return { data: views };
  if (role === 'viewer') return problem('forbidden', 'Only analysts and admins save views.');
  const nameFault = [{ pointer: '/name', message: 'must not be empty' }];
  if (method !== 'DELETE' && !body.name?.trim())
    return problem('invalid_parameter', 'A field is wrong.', nameFault);
  if (method !== 'DELETE' && !isPageAddress(body.address ?? ''))
    return problem('invalid_parameter', 'No page.');
  if (method === 'POST') {
    const made = aView(`view-${views.length}`, { author: 'Mei Tanaka', mine: true, ...body });
    views.push(made);
    return { data: made };
  }
  const at = views.findIndex(({ id }) => pathname.endsWith(`/${id}`));
  const held = views[at];
  if (!held) return problem('not_found', 'There is no such view.');
  const read = body.version ?? Number(searchParams.get('version'));
  if (read !== held.version) return problem('version_conflict', `${held.id} has version ${held.version}.`);
  if (method === 'DELETE') return { data: views.splice(at, 1)[0] };
  const changed = { ...held, ...body, version: held.version + 1 };
  views[at] = changed;
  return { data: changed };
}
