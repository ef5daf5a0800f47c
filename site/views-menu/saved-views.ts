/** Saved views as the service has them (VWS-1): what is asked of it, and what of it a person may change. */
import { signal } from '@preact/signals';
import type { ViewVisibility } from '../../core/view/saved-view.ts';
import { askService, type ServiceAnswer } from '../access/service.ts';
import { currentIdentity } from '../access/session.ts';
import type { Failure } from '../admin/resource.ts';
import * as say from '../text/views.ts';
import { addressWords } from './shown-address.ts';

export interface ViewRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly address: string;
  readonly visibility: ViewVisibility;
  readonly author: string;
  readonly mine: boolean;
  readonly changed_at: string;
}

/** Null until they have come. */
export const views = signal<readonly ViewRow[] | null>(null);
export const failure = signal<Failure | null>(null);

export async function loadViews(): Promise<void> {
  const answer = await askService<{ readonly data: readonly ViewRow[] }>('/api/views');
  if (answer.ok) views.value = answer.value.data;
  failure.value = answer.ok ? null : answer;
}

export const maySave = (): boolean =>
  currentIdentity.value !== null && currentIdentity.value.role !== 'viewer';

export const mayChange = ({ mine, visibility }: ViewRow): boolean =>
  maySave() && (mine || (visibility === 'shared' && currentIdentity.value?.role === 'admin'));

/** As they were typed: the service judges them. */
interface ViewFields {
  readonly name: unknown;
  readonly visibility: unknown;
}

export const fieldsOf = (form: FormData): ViewFields => ({
  name: form.get('name'),
  visibility: form.get('visibility'),
});

type Sent = Promise<ServiceAnswer<unknown>>;

export const saveView = (fields: ViewFields, address: string): Sent =>
  askService('/api/views', { method: 'POST', body: { ...fields, address } });

export async function changeView(view: ViewRow, fields: ViewFields, address: string): Sent {
  const body = { ...fields, address, version: view.version };
  return await explained(view.id, await askService(`/api/views/${view.id}`, { method: 'PUT', body }));
}

export async function deleteView({ id, version }: ViewRow): Sent {
  const gone = await askService(`/api/views/${id}?version=${version}`, { method: 'DELETE' });
  return await explained(id, gone);
}

/** Where somebody else was quicker, what the view is now: the next try is made with that in sight. */
async function explained(id: string, answer: ServiceAnswer<unknown>): Sent {
  if (answer.ok || answer.problem?.code !== 'version_conflict') return answer;
  await loadViews();
  const now = views.peek()?.find((view) => view.id === id);
  const text = now
    ? say.changedMeanwhile(now.name, now.visibility, addressWords(now.address))
    : say.deletedMeanwhile;
  return { ...answer, text, problem: null };
}
