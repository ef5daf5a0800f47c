/** Annotations read, written, changed and deleted, in a dialog over the chart. */
import { exactText } from '../format/date.ts';
import * as say from '../text/annotations.ts';
import './annotation-dialog.css';
import { useEffect, useState } from 'preact/hooks';
import { askService, type ServiceAnswer } from '../access/service.ts';
import { currentIdentity } from '../access/session.ts';
import { isoTime } from '../admin/audit-filter.ts';
import { Form } from '../admin/form.tsx';
import { openDialog } from '../admin/open-dialog.tsx';
import { type AnnotationRow, annotationBody } from './annotation.ts';
import { annotationFields, Fields, loadRegions } from './annotation-fields.tsx';
import { annotationNews, annotations, loadAnnotations, mayAnnotate } from './annotation-list.ts';

type Row = { readonly data: AnnotationRow };
type Sent = Promise<ServiceAnswer<Row>>;

/** `at`: ms; null for now. */
export function writeAnnotation(at: number | null): void {
  void loadRegions();
  const begins = new Date(at ?? Date.now()).toISOString();
  openDialog(say.writeAnAnnotation, (close) => (
    <Form
      names={annotationFields}
      submit={say.writeIt}
      leave={close}
      send={(form): Sent =>
        askService('/api/annotations', { method: 'POST', body: annotationBody(form, isoTime) })
      }
      done={() => finish(say.annotationWritten, close)}
    >
      {(faults) => <Fields faults={faults} at={begins} />}
    </Form>
  ));
}

export function showAnnotations(ids: readonly string[]): void {
  void loadRegions();
  openDialog(ids.length === 1 ? say.annotation : say.annotations, (close) => (
    <Shown ids={ids} close={close} />
  ));
}

function finish(word: string, close: () => void): void {
  annotationNews.value = word;
  void loadAnnotations();
  close();
}

interface ShownProps {
  readonly ids: readonly string[];
  readonly close: () => void;
}

interface Action {
  readonly kind: 'change' | 'delete';
  /** As it was read: what others do meanwhile is found out by its version, not taken over unseen. */
  readonly row: AnnotationRow;
}

function Shown({ ids, close }: ShownProps) {
  const [action, setAction] = useState<Action | null>(null);
  const leave = (): void => setAction(null);
  if (action?.kind === 'change') return <Change row={action.row} leave={leave} close={close} />;
  if (action?.kind === 'delete') return <Delete row={action.row} leave={leave} close={close} />;
  const rows = annotations.value.filter(({ id }) => ids.includes(id));
  return (
    <>
      {rows.length === 0 && <p>{say.notThereAnyMore}</p>}
      <ul class="annotation-list">
        {rows.map((row) => (
          <li key={row.id}>
            <p class="annotation-text" dir="auto">
              {row.text}
            </p>
            <Facts row={row} />
            {mayChange(row) && (
              <p class="annotation-acts">
                <button type="button" class="button" onClick={() => setAction({ kind: 'change', row })}>
                  {say.change}
                  <span class="unseen"> {row.text}</span>
                </button>
                <button type="button" class="button" onClick={() => setAction({ kind: 'delete', row })}>
                  {say.remove}
                  <span class="unseen"> {row.text}</span>
                </button>
              </p>
            )}
          </li>
        ))}
      </ul>
      <p class="choices">
        <button type="button" class="button" onClick={close} autofocus>
          {say.close}
        </button>
      </p>
    </>
  );
}

const mayChange = ({ mine, visibility }: AnnotationRow): boolean =>
  mayAnnotate() && (mine || (visibility === 'shared' && currentIdentity.value?.role === 'admin'));

function Facts({
  row: { at, until, tags, region, visibility, author, mine },
}: {
  readonly row: AnnotationRow;
}) {
  return (
    <p class="quiet annotation-facts">
      <span>
        {exactText(at)}
        {until !== null && say.untilTime(exactText(until))}
      </span>
      <span>{region ?? say.allRegions}</span>
      {visibility === 'personal' ? (
        <span>{say.yoursAlone}</span>
      ) : (
        <bdi>
          {say.by} {mine ? say.you : author}
        </bdi>
      )}
      {tags.map((tag) => (
        <span class="tag" key={tag}>
          {tag}
        </span>
      ))}
    </p>
  );
}

interface ActProps {
  readonly row: AnnotationRow;
  readonly leave: () => void;
  readonly close: () => void;
}

function Change({ row, leave, close }: ActProps) {
  const [version, setVersion] = useState(row.version);
  useEffect(() => document.querySelector<HTMLElement>('.dialog textarea')?.focus(), []);
  const send = async (form: FormData): Sent => {
    const body = { ...annotationBody(form, isoTime), version };
    const answer = await askService<Row>(`/api/annotations/${row.id}`, { method: 'PUT', body });
    return await explained(row.id, answer, setVersion);
  };
  return (
    <Form
      names={annotationFields}
      submit={say.changeIt}
      leave={leave}
      send={send}
      done={() => finish(say.annotationChanged, close)}
    >
      {(faults) => <Fields faults={faults} at={row.at} row={row} />}
    </Form>
  );
}

function Delete({ row, leave, close }: ActProps) {
  const [version, setVersion] = useState(row.version);
  const send = async (): Sent => {
    const path = `/api/annotations/${row.id}?version=${version}`;
    return await explained(row.id, await askService<Row>(path, { method: 'DELETE' }), setVersion);
  };
  return (
    <Form
      names={[]}
      submit={say.deleteIt}
      isGrave
      leave={leave}
      send={send}
      done={() => finish(say.annotationDeleted, close)}
    >
      {() => (
        <p>
          {say.remove} <q dir="auto">{row.text}</q>?{row.visibility === 'shared' && say.goneForEverybody}
        </p>
      )}
    </Form>
  );
}

/** Where somebody else was quicker, what it is now: the next try is made with that in sight, and knowingly. */
async function explained(
  id: string,
  answer: Awaited<Sent>,
  setVersion: (version: number) => void,
): Promise<Awaited<Sent>> {
  const code = answer.ok ? null : answer.problem?.code;
  if (answer.ok || (code !== 'version_conflict' && code !== 'not_found')) return answer;
  await loadAnnotations();
  const now = annotations.peek().find((row) => row.id === id);
  if (now) setVersion(now.version);
  const text = now ? say.changedMeanwhile(now.text) : say.deletedMeanwhile;
  return { ...answer, text, problem: null };
}
